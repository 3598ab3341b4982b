import {
  checkNonNegative,
  checkOptionNames,
  checkPositive,
  checkPositiveInteger,
} from '@gradus/core/arguments';
import { progress } from './curves.js';
import type { Schedule } from './schedule.js';

/** A learning rate that goes from one value to another. */
export interface PolynomialOptions {
  /** The learning rate of the first step. */
  readonly initial: number;
  /** What it arrives at, and stays at; 0 if not given. */
  readonly final?: number | undefined;
  /** After how many steps. */
  readonly steps: number;
  /** 1, a straight line, if not given; above 1 it is faster at first. */
  readonly power?: number | undefined;
}

/**
 * final + (initial − final) · (1 − step / steps)^power, and `final` from `steps` on. With `final` 0
 * it is PyTorch's `PolynomialLR`, with `power` 1 its `LinearLR`.
 *
 * @throws ArgumentError for unknown options, for rates that are negative or not finite, when `steps`
 *   is not a positive integer, and when `power` is not positive.
 */
export function polynomial(options: PolynomialOptions): Schedule {
  checkOptionNames('polynomial', options, ['initial', 'final', 'steps', 'power']);
  const { initial, final = 0, steps, power = 1 } = options;
  checkNonNegative('polynomial', 'initial', initial);
  checkNonNegative('polynomial', 'final', final);
  checkPositiveInteger('polynomial', 'steps', steps);
  checkPositive('polynomial', 'power', power);
  return (step) => {
    const left = progress(step, steps).neg().add(1);
    const curve = power === 1 ? left : left.pow(power);
    return curve.mul(initial - final).add(final);
  };
}
