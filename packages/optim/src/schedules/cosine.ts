import { checkNonNegative, checkOptionNames, checkPositiveInteger } from '@gradus/core/arguments';
import { halfCosine, progress } from './curves.js';
import type { Schedule } from './schedule.js';

/** A learning rate that falls as half a wave of a cosine. */
export interface CosineOptions {
  /** The learning rate of the first step. */
  readonly initial: number;
  /** What it falls to, and stays at; 0 if not given. */
  readonly minimum?: number | undefined;
  /** After how many steps. */
  readonly steps: number;
}

/**
 * minimum + (initial − minimum) · (1 + cos(π · step / steps)) / 2, and `minimum` from `steps` on.
 * Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017, equation 5;
 * up to `steps`, PyTorch's `CosineAnnealingLR`.
 *
 * @throws ArgumentError for unknown options, for rates that are negative or not finite, and when
 *   `steps` is not a positive integer.
 */
export function cosine(options: CosineOptions): Schedule {
  checkOptionNames('cosine', options, ['initial', 'minimum', 'steps']);
  const { initial, minimum = 0, steps } = options;
  checkNonNegative('cosine', 'initial', initial);
  checkNonNegative('cosine', 'minimum', minimum);
  checkPositiveInteger('cosine', 'steps', steps);
  return (step) => halfCosine(initial, minimum, progress(step, steps));
}
