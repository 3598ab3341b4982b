import { checkNonNegative, checkOptionNames, checkPositiveInteger } from '@gradus/core/arguments';
import { checkPositiveFraction } from '../validate.js';
import type { Schedule } from './schedule.js';

/** A learning rate that falls in stairs. */
export interface StepOptions {
  /** The learning rate of the first stair. */
  readonly initial: number;
  /** What each stair is of the one before, in (0, 1]. */
  readonly factor: number;
  /** How many steps a stair lasts. */
  readonly every: number;
}

/**
 * initial · factor^⌊step / every⌋; PyTorch's `StepLR`.
 *
 * @throws ArgumentError for unknown options, when `initial` is negative or not finite, `factor`
 *   outside of (0, 1] or `every` not a positive integer.
 */
export function step(options: StepOptions): Schedule {
  checkOptionNames('step', options, ['initial', 'factor', 'every']);
  const { initial, factor, every } = options;
  checkNonNegative('step', 'initial', initial);
  checkPositiveFraction('step', 'factor', factor);
  checkPositiveInteger('step', 'every', every);
  // e^(n ln f): float32 holds ln f better than f, whose n-th power would magnify the difference.
  return (taken) => taken.floorDiv(every).mul(Math.log(factor)).exp().mul(initial);
}
