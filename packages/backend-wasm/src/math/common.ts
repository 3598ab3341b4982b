import type { ScalarOperation } from '@gradus/core/backend';
import { exp, expm1 } from './exponential.js';
import { log, log1p } from './logarithm.js';
import { sigmoid } from './sigmoid.js';
import { tanh } from './tanh.js';
import type { VectorFunction } from './vector.js';

/** The functions that activations and losses are most often made of. */
export const commonFunctions = {
  exp,
  expm1,
  log,
  log1p,
  tanh,
  sigmoid,
} as const satisfies Partial<Record<ScalarOperation, VectorFunction>>;
