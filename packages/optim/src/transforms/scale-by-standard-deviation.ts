import { checkFraction, checkNonNegative } from '@gradus/core/arguments';
import type { Transform } from '../transform.js';
import { moveAverage } from './average.js';
import type { MeanSquareOptions } from './scale-by-root-mean-square.js';

/**
 * g / (√(v − m²) + ε) with the mean square v ← α v + (1 − α) g² and the mean m ← α m + (1 − α) g.
 * Where the gradient hardly varies, the result is large, up to g / ε. Graves, "Generating sequences
 * with recurrent neural networks", 2013, equations 38 to 41, with ε outside of the root.
 *
 * @param optimizer For messages.
 * @throws ArgumentError for an alpha outside of [0, 1), and for a negative epsilon.
 */
export function scaleByStandardDeviation(
  options: MeanSquareOptions,
  optimizer = 'scaleByStandardDeviation',
): Transform<'meanSquare' | 'mean'> {
  const { alpha, epsilon } = options;
  checkFraction(optimizer, 'alpha', alpha);
  checkNonNegative(optimizer, 'epsilon', epsilon);
  return {
    slots: { meanSquare: 0, mean: 0 },
    apply: (updates) =>
      updates.map(({ value, slots }) => {
        const meanSquare = moveAverage(slots.meanSquare, alpha, value.square());
        const squaredMean = moveAverage(slots.mean, alpha, value).square();
        // Rounding may leave less than nothing, whose root is NaN.
        const variance = meanSquare.sub(squaredMean).maximum(0);
        return value.div(variance.sqrt().add(epsilon));
      }),
  };
}
