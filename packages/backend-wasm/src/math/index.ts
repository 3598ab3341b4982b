import type { ScalarOperation } from '@gradus/core/backend';
import { commonFunctions } from './common.js';
import { floorDiv, mod } from './division.js';
import { erf } from './error-function.js';
import { pow } from './power.js';
import { cos, sin } from './trigonometry.js';
import type { VectorFunction } from './vector.js';

/** Functions of four float32 numbers with the accuracy that the README states, by core's names. */
export const mathematics = {
  ...commonFunctions,
  erf,
  sin,
  cos,
  pow,
} as const satisfies Partial<Record<ScalarOperation, VectorFunction>>;

/** Functions of four float32 numbers that give the correctly rounded result. */
export const divisions = {
  floorDiv,
  mod,
} as const satisfies Partial<Record<ScalarOperation, VectorFunction>>;
