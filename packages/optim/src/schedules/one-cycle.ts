import { ArgumentError, where } from '@gradus/core';
import {
  checkFraction,
  checkOptionNames,
  checkPositive,
  checkPositiveInteger,
} from '@gradus/core/arguments';
import { halfCosine, progress } from './curves.js';
import type { Schedule } from './schedule.js';

/** A learning rate that grows, and falls to far below where it began. */
export interface OneCycleOptions {
  /** The greatest learning rate. */
  readonly maximum: number;
  /** How many steps training takes. */
  readonly steps: number;
  /** The share of the steps in which it grows, in [0, 1); 0.3 if not given. */
  readonly growingShare?: number | undefined;
  /** How many times the first learning rate the greatest is; 25 if not given. */
  readonly initialDivisor?: number | undefined;
  /** How many times the last learning rate the first is; 10 000 if not given. */
  readonly finalDivisor?: number | undefined;
}

const optionNames = ['maximum', 'steps', 'growingShare', 'initialDivisor', 'finalDivisor'];

/**
 * From maximum / initialDivisor up to `maximum` and down to a `finalDivisor`-th of the beginning, along
 * half waves of a cosine. The maximum is reached at growingShare · steps − 1, the end at steps − 1,
 * and it stays there. Smith and Topin, "Super-convergence: very fast training of neural networks
 * using large learning rates", 2018; PyTorch's `OneCycleLR` without its change of momentum.
 *
 * @throws ArgumentError for unknown options, when `steps` is not an integer of at least 2,
 *   `growingShare` outside of [0, 1), or another number not positive.
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  checkOptionNames('oneCycle', options, optionNames);
  const { maximum, steps, growingShare = 0.3 } = options;
  const { initialDivisor = 25, finalDivisor = 1e4 } = options;
  checkPositive('oneCycle', 'maximum', maximum);
  checkPositiveInteger('oneCycle', 'steps', steps);
  if (steps < 2) throw new ArgumentError('oneCycle: steps must be at least 2, got 1.');
  checkFraction('oneCycle', 'growingShare', growingShare);
  checkPositive('oneCycle', 'initialDivisor', initialDivisor);
  checkPositive('oneCycle', 'finalDivisor', finalDivisor);
  const initial = maximum / initialDivisor;
  const final = initial / finalDivisor;
  const peak = growingShare * steps - 1;
  // Without time to grow, it begins at the maximum.
  if (peak <= 0) return (step) => halfCosine(maximum, final, progress(step, steps - 1));
  return (step) => {
    const growing = halfCosine(initial, maximum, progress(step, peak));
    const since = step.sub(peak).maximum(0);
    const falling = halfCosine(maximum, final, progress(since, steps - 1 - peak));
    return where(step.less(peak), growing, falling);
  };
}
