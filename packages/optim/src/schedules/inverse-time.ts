import { checkNonNegative, checkOptionNames } from '@gradus/core/arguments';
import type { Schedule } from './schedule.js';

/** A learning rate that falls as one over the number of steps. */
export interface InverseTimeOptions {
  /** The learning rate of the first step. */
  readonly initial: number;
  /** How much each step adds to the divisor, which begins at 1. */
  readonly decay: number;
}

/**
 * initial / (1 + decay · step), which satisfies the conditions of Robbins and Monro, "A stochastic
 * approximation method", 1951.
 *
 * @throws ArgumentError for unknown options, and when a number is negative or not finite.
 */
export function inverseTime(options: InverseTimeOptions): Schedule {
  checkOptionNames('inverseTime', options, ['initial', 'decay']);
  const { initial, decay } = options;
  checkNonNegative('inverseTime', 'initial', initial);
  checkNonNegative('inverseTime', 'decay', decay);
  return (step) => step.mul(decay).add(1).reciprocal().mul(initial);
}
