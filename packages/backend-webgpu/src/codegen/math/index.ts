import type { ScalarOperation } from '@gradus/core/backend';
import type { Helper } from '../helpers.js';
import { floorDiv, mod } from './division.js';
import { erf } from './error-function.js';
import { exp, expm1, sigmoid, tanh } from './exponential.js';
import { log, log1p } from './logarithm.js';
import { pow } from './power.js';

export { sineOf } from './trigonometry.js';

/** Functions of float32, with the accuracy that the README states, by core's names. */
export const mathematics: Readonly<Partial<Record<ScalarOperation, Helper>>> = {
  exp,
  expm1,
  tanh,
  sigmoid,
  log,
  log1p,
  erf,
  pow,
  floorDiv,
  mod,
};
