import {
  logSoftmax,
  logSumExp,
  oneHot,
  softmax,
  tensor,
  variance,
  type Tensor,
} from '@gradus/core';
import type { BackendTests, ExpressionOptions } from '../suite.js';
import { composed } from '../tolerances.js';

/** Compositions against float64: stable where the naive formula is not. */
export function compositions(tests: BackendTests): void {
  const options: ExpressionOptions = { tolerance: composed, precision: 'float64' };
  const functions: Readonly<Record<string, (x: Tensor) => readonly Tensor[]>> = {
    softmax: (x) => [softmax(x), softmax(x, 0)],
    logSoftmax: (x) => [logSoftmax(x), logSoftmax(x, 0)],
    logSumExp: (x) => [logSumExp(x), logSumExp(x, 1), logSumExp(x, [0], { keepDims: true })],
    variance: (x) => [variance(x), variance(x, 1), variance(x, [0], { keepDims: true })],
    mean: (x) => [x.mean(), x.mean(1), x.mean([0], { keepDims: true })],
  };
  for (const [name, apply] of Object.entries(functions)) {
    tests.expression(
      `${name} of one, few and many`,
      (inputs) => [
        ...apply(inputs.tensor([1, 1])),
        ...apply(inputs.tensor([5, 7], 'float32', { minimum: -3, maximum: 9 })),
        ...apply(inputs.tensor([3, 1009])),
      ],
      options,
    );
    tests.expression(
      `${name} of a view`,
      (inputs) => apply(inputs.tensor([7, 6]).transpose().flip(1)),
      options,
    );
  }
  tests.expression(
    'softmax, logSoftmax and logSumExp of ±10⁴',
    () => {
      const x = tensor([
        [1e4, -1e4, 0],
        [-1e4, -1e4, -1e4],
        [1e4, 1e4, 9999],
      ]);
      return [softmax(x), logSoftmax(x), logSumExp(x, 1)];
    },
    options,
  );
  tests.expression(
    'logSumExp of infinities',
    () =>
      logSumExp(
        tensor([
          [-Infinity, -Infinity],
          [Infinity, 0],
          [-Infinity, 2],
        ]),
        1,
      ),
    options,
  );
  tests.expression(
    'variance far from zero',
    (inputs) => variance(inputs.tensor([50], 'float32', { minimum: 1000, maximum: 1001 })),
    { ...options, tolerance: { units: 2 ** 16 } },
  );
  tests.expression(
    'cross-entropy of one-hot labels',
    (inputs) => {
      const labels = inputs.tensor([8], 'int32', { minimum: 0, maximum: 5 });
      return logSoftmax(inputs.tensor([8, 5]))
        .mul(oneHot(labels, 5))
        .sum(-1)
        .mean()
        .neg();
    },
    options,
  );
}
