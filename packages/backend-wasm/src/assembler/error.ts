import { GradusError } from '@gradus/core/backend';

/** A module that could not be valid. The message names the function, the instruction, the types. */
export class AssemblerError extends GradusError {
  constructor(message: string, options?: ErrorOptions) {
    super('ASSEMBLER', message, options);
  }
}
