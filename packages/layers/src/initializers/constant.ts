import { sizeOf } from '@gradus/core';
import type { Initializer } from './initializer.js';

/** Every element is `value`, which the dtype of the parameter rounds. */
export function constant(value: number): Initializer {
  return (shape) => new Float64Array(sizeOf(shape)).fill(value);
}

/** Every element is 0. */
export const zeros: Initializer = constant(0);

/** Every element is 1. */
export const ones: Initializer = constant(1);
