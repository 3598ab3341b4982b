import { customGradient, type Tensor } from '@gradus/core';

/** What {@link normalize} returns; mean and variance keep the reduced axes with extent 1. */
export interface Normalized {
  /** Shaped like the input. */
  readonly output: Tensor;
  readonly mean: Tensor;
  /** The mean squared distance from the mean (divided by n). */
  readonly variance: Tensor;
}

/**
 * (x − mean) / √(variance + ε) with the mean and the variance over `axes`.
 *
 * The gradient is that of Ioffe and Szegedy, "Batch normalization", 2015, in the form
 * (dy − mean(dy) − ŷ · mean(dy · ŷ)) / √(variance + ε), which reads the input twice. The chain rule
 * would add a third pass, for the sum of x − mean, which is zero.
 */
export function normalize(input: Tensor, axes: readonly number[], epsilon: number): Normalized {
  const average = (x: Tensor): Tensor => x.mean(axes, { keepDims: true });
  const mean = average(input);
  const centred = input.sub(mean);
  const variance = average(centred.square());
  const inverseDeviation = variance.add(epsilon).sqrt().reciprocal();
  const output = customGradient(
    [input],
    () => centred.mul(inverseDeviation),
    (gradient, normalized) => {
      const along = normalized.mul(average(gradient.mul(normalized)));
      return [gradient.sub(average(gradient)).sub(along).mul(inverseDeviation)];
    },
  );
  return { output, mean, variance };
}
