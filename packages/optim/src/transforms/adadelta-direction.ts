import { checkFraction, checkPositive } from '@gradus/core/arguments';
import type { Transform } from '../transform.js';
import { moveAverage } from './average.js';

/** The constants of Adadelta. */
export interface AdadeltaDirectionOptions {
  /** ρ, the share of both mean squares that each step keeps, in [0, 1). */
  readonly rho: number;
  /** ε, added under both roots; above 0, or nothing would ever move. */
  readonly epsilon: number;
}

/**
 * d = √(u + ε) / √(v + ε) · g with the mean squares of gradients, v ← ρ v + (1 − ρ) g², and, one
 * step behind, of what was subtracted, u ← ρ u + (1 − ρ) d². Zeiler, "ADADELTA: an adaptive learning
 * rate method", 2012, algorithm 1.
 *
 * @param optimizer For messages.
 * @throws ArgumentError for a rho outside of [0, 1), and for an epsilon that is not positive.
 */
export function adadeltaDirection(
  options: AdadeltaDirectionOptions,
  optimizer = 'adadeltaDirection',
): Transform<'gradientMeanSquare' | 'updateMeanSquare'> {
  const { rho, epsilon } = options;
  checkFraction(optimizer, 'rho', rho);
  checkPositive(optimizer, 'epsilon', epsilon);
  return {
    slots: { gradientMeanSquare: 0, updateMeanSquare: 0 },
    apply: (updates) =>
      updates.map(({ value, slots: { gradientMeanSquare, updateMeanSquare } }) => {
        const meanSquare = moveAverage(gradientMeanSquare, rho, value.square());
        const usual = updateMeanSquare.value.add(epsilon).sqrt();
        const direction = usual.div(meanSquare.add(epsilon).sqrt()).mul(value);
        moveAverage(updateMeanSquare, rho, direction.square());
        return direction;
      }),
  };
}
