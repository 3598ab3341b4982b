import type { Tensor } from '@gradus/core';
import { checkFraction, checkNonNegative } from '@gradus/core/arguments';
import type { Transform } from '../transform.js';
import { moveAverage } from './average.js';

/** The constants of Adam. */
export interface AdamDirectionOptions {
  /** The share of the first moment that each step keeps, in [0, 1). */
  readonly beta1: number;
  /** The share of the second moment that each step keeps, in [0, 1). */
  readonly beta2: number;
  /** Added to the square root of the second moment, not negative. */
  readonly epsilon: number;
}

/**
 * m̂ / (√v̂ + ε) with m ← β₁ m + (1 − β₁) g and v ← β₂ v + (1 − β₂) g², each divided by 1 − βᵗ
 * because both begin at 0. Kingma and Ba, "Adam: a method for stochastic optimization", 2015,
 * algorithm 1.
 *
 * @param optimizer For messages.
 * @throws ArgumentError for betas outside of [0, 1), and for a negative epsilon.
 */
export function adamDirection(
  options: AdamDirectionOptions,
  optimizer = 'adamDirection',
): Transform<'firstMoment' | 'secondMoment'> {
  const { beta1, beta2, epsilon } = options;
  checkFraction(optimizer, 'beta1', beta1);
  checkFraction(optimizer, 'beta2', beta2);
  checkNonNegative(optimizer, 'epsilon', epsilon);
  return {
    slots: { firstMoment: 0, secondMoment: 0 },
    apply: (updates, { step }) => {
      const firstWeight = weightOfHistory(beta1, step);
      const secondWeight = weightOfHistory(beta2, step);
      return updates.map(({ value, slots: { firstMoment, secondMoment } }) => {
        const first = moveAverage(firstMoment, beta1, value);
        const second = moveAverage(secondMoment, beta2, value.square());
        const mean = first.div(firstWeight.cast(value.dtype));
        const meanSquare = second.div(secondWeight.cast(value.dtype));
        return mean.div(meanSquare.sqrt().add(epsilon));
      });
    },
  };
}

/** 1 − βᵗ in step t = step + 1, as −expm1(t ln β): with β near 1 the difference would cancel. */
function weightOfHistory(beta: number, step: Tensor): Tensor {
  return step.add(1).mul(Math.log(beta)).expm1().neg();
}
