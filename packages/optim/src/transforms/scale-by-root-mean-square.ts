import { checkFraction, checkNonNegative } from '@gradus/core/arguments';
import type { Transform } from '../transform.js';
import { moveAverage } from './average.js';

/** How {@link scaleByRootMeanSquare} and {@link scaleByStandardDeviation} remember. */
export interface MeanSquareOptions {
  /** The share of the averages that each step keeps, in [0, 1). */
  readonly alpha: number;
  /** Added to the root, not negative. */
  readonly epsilon: number;
}

/**
 * g / (√v + ε) with the mean square v ← α v + (1 − α) g². Tieleman and Hinton, "Lecture 6.5 –
 * RMSProp", 2012.
 *
 * @param optimizer For messages.
 * @throws ArgumentError for an alpha outside of [0, 1), and for a negative epsilon.
 */
export function scaleByRootMeanSquare(
  options: MeanSquareOptions,
  optimizer = 'scaleByRootMeanSquare',
): Transform<'meanSquare'> {
  const { alpha, epsilon } = options;
  checkFraction(optimizer, 'alpha', alpha);
  checkNonNegative(optimizer, 'epsilon', epsilon);
  return {
    slots: { meanSquare: 0 },
    apply: (updates) =>
      updates.map(({ value, slots: { meanSquare } }) =>
        value.div(moveAverage(meanSquare, alpha, value.square()).sqrt().add(epsilon)),
      ),
  };
}
