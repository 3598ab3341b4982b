import { checkNonNegative, checkOptionNames, checkPositive } from '@gradus/core/arguments';
import { checkPositiveFraction } from '../validate.js';
import type { Schedule } from './schedule.js';

/** A learning rate that falls from minimum + amplitude towards minimum. */
export interface ExponentialDecayOptions {
  /** What it falls towards; 0 if not given. */
  readonly minimum?: number | undefined;
  /** How far above the minimum it begins. */
  readonly amplitude: number;
  /** The number of steps in which the distance to the minimum shrinks to 1/e. */
  readonly timeConstant: number;
}

/**
 * minimum + amplitude · e^(−step / timeConstant).
 *
 * @throws ArgumentError for unknown options, when a number is negative or not finite, and when the
 *   time constant is 0.
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  checkOptionNames('exponentialDecay', options, ['minimum', 'amplitude', 'timeConstant']);
  const { minimum = 0, amplitude, timeConstant } = options;
  checkNonNegative('exponentialDecay', 'minimum', minimum);
  checkNonNegative('exponentialDecay', 'amplitude', amplitude);
  checkPositive('exponentialDecay', 'timeConstant', timeConstant);
  return (step) =>
    step
      .mul(-1 / timeConstant)
      .exp()
      .mul(amplitude)
      .add(minimum);
}

/** A learning rate that is multiplied by a factor in every step. */
export interface ExponentialOptions {
  /** The learning rate of the first step. */
  readonly initial: number;
  /** What each step multiplies it by, in (0, 1]. */
  readonly factor: number;
}

/**
 * initial · factor^step.
 *
 * @throws ArgumentError for unknown options, when `initial` is negative or not finite, and when
 *   `factor` is outside of (0, 1].
 */
export function exponential(options: ExponentialOptions): Schedule {
  checkOptionNames('exponential', options, ['initial', 'factor']);
  const { initial, factor } = options;
  checkNonNegative('exponential', 'initial', initial);
  checkPositiveFraction('exponential', 'factor', factor);
  return (step) => step.mul(Math.log(factor)).exp().mul(initial);
}
