import type { ScalarOperation } from '@gradus/core/backend';
import { floorDiv, mod } from './division.js';
import { erf } from './error-function.js';
import { exp, expm1 } from './exponential.js';
import { log, log1p } from './logarithm.js';
import { pow } from './power.js';
import { sigmoid } from './sigmoid.js';
import { tanh } from './tanh.js';
import { cos, sin } from './trigonometry.js';
import type { VectorFunction } from './vector.js';

export type { VectorFunction } from './vector.js';

/** Functions of four float32 numbers with the accuracy that the README states, by core's names. */
export const mathematics = {
  exp,
  expm1,
  log,
  log1p,
  tanh,
  sigmoid,
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
