import { GradusError } from '@gradus/core';

/** A check of a suite that does not hold. The message says which, what was expected and what came. */
export class ConformanceError extends GradusError {
  constructor(message: string) {
    super('CONFORMANCE', message);
  }
}
