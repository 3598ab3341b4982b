import { ArgumentError } from '@gradus/core';
import { checkNonNegative, checkPositive } from '../validate.js';
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
 * @throws ArgumentError when a number is negative or not finite, or the time constant 0.
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
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
 * @throws ArgumentError when `initial` is negative or not finite or `factor` outside of (0, 1].
 */
export function exponential({ initial, factor }: ExponentialOptions): Schedule {
  checkNonNegative('exponential', 'initial', initial);
  if (!(factor > 0 && factor <= 1)) {
    throw new ArgumentError(`exponential: factor must be in (0, 1], got ${String(factor)}.`);
  }
  return (step) => step.mul(Math.log(factor)).exp().mul(initial);
}
