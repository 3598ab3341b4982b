import { checkNonNegative } from '@gradus/core/arguments';
import type { Transform } from '../transform.js';

/** How {@link scaleByRootSumOfSquares} begins. */
export interface SumOfSquaresOptions {
  /** What the sums begin with, not negative. */
  readonly initialAccumulator: number;
  /** Added to the root, not negative. */
  readonly epsilon: number;
}

/**
 * g / (√s + ε) with the sum s ← s + g². Duchi, Hazan and Singer, "Adaptive subgradient methods for
 * online learning and stochastic optimization", 2011.
 *
 * @param optimizer For messages.
 * @throws ArgumentError for negative numbers.
 */
export function scaleByRootSumOfSquares(
  options: SumOfSquaresOptions,
  optimizer = 'scaleByRootSumOfSquares',
): Transform<'sumOfSquares'> {
  const { initialAccumulator, epsilon } = options;
  checkNonNegative(optimizer, 'initialAccumulator', initialAccumulator);
  checkNonNegative(optimizer, 'epsilon', epsilon);
  return {
    slots: { sumOfSquares: initialAccumulator },
    apply: (updates) =>
      updates.map(({ value, slots: { sumOfSquares } }) => {
        const sum = sumOfSquares.value.add(value.square());
        sumOfSquares.assign(sum);
        return value.div(sum.sqrt().add(epsilon));
      }),
  };
}
