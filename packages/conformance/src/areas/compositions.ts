import {
  clip,
  isFloating,
  logSoftmax,
  logSumExp,
  norm,
  oneHot,
  softmax,
  standardDeviation,
  tensor,
  variance,
  type Tensor,
} from '@gradus/core';
import type { BackendTests, ExpressionOptions } from '../suite.js';
import { composed } from '../tolerances.js';

const options: ExpressionOptions = { tolerance: composed, precision: 'float64' };

/** What is made of reductions: along the last axis, the first, all. */
const functions: Readonly<Record<string, (x: Tensor) => readonly Tensor[]>> = {
  softmax: (x) => [softmax(x), softmax(x, 0)],
  logSoftmax: (x) => [logSoftmax(x), logSoftmax(x, 0)],
  logSumExp: (x) => [logSumExp(x), logSumExp(x, 1), logSumExp(x, [0], { keepDims: true })],
  mean: (x) => [x.mean(), x.mean(1), x.mean([0], { keepDims: true })],
  variance: (x) => [variance(x), variance(x, 1), variance(x, [0], { keepDims: true })],
  'unbiased variance': (x) => [variance(x.broadcastTo([2, ...x.shape]), 0, { correction: 1 })],
  'standard deviation': (x) => [standardDeviation(x, 1), standardDeviation(x, 0)],
  'norm of order 1': (x) => [norm(x, 1, { order: 1 }), norm(x, undefined, { order: 1 })],
  'norm of order 2': (x) => [norm(x), norm(x, 1), norm(x, [0], { keepDims: true })],
  'norm of order ∞': (x) => [norm(x, 1, { order: Infinity }), norm(x, 0, { order: Infinity })],
  clip: (x) => [clip(x, -1, 1), clip(x, x.mul(-0.5), x.mul(0.5).abs()), x.clip(0, Infinity)],
};

/** Compositions against float64: stable where the naive formula is not. */
export function compositions(tests: BackendTests): void {
  for (const [name, apply] of Object.entries(functions)) {
    for (const dtype of tests.dtypes(isFloating)) {
      tests.expression(
        `${name} of one, few, many and nothing in ${dtype}`,
        (inputs) => [
          ...apply(inputs.tensor([1, 1], dtype)),
          ...apply(inputs.tensor([5, 7], dtype, { minimum: -3, maximum: 9 })),
          ...apply(inputs.tensor([3, 1009], dtype)),
          ...apply(inputs.tensor([2, 0], dtype).transpose()),
        ],
        options,
      );
    }
    tests.expression(
      `${name} of a view`,
      (inputs) => apply(inputs.tensor([7, 6]).transpose().flip(1)),
      options,
    );
  }
  specialValues(tests);
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

function specialValues(tests: BackendTests): void {
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
    'logSumExp, softmax, norm and clip of infinities and NaN',
    () => {
      const x = tensor([
        [-Infinity, -Infinity],
        [Infinity, 0],
        [-Infinity, 2],
        [NaN, 1],
      ]);
      const norms = [1, 2, Infinity].map((order) => norm(x, 1, { order }));
      return [logSumExp(x, 1), softmax(x), ...norms, clip(x, -3, 1)];
    },
    options,
  );
  tests.expression(
    'variance far from zero',
    (inputs) => variance(inputs.tensor([50], 'float32', { minimum: 1000, maximum: 1001 })),
    { ...options, tolerance: { units: 2 ** 16 } },
  );
  for (const dtype of tests.dtypes((each) => each !== 'bool')) {
    tests.expression(`clip of ${dtype}`, (inputs) => {
      const x = inputs.tensor([5, 7], dtype, { minimum: 0, maximum: 9 });
      const lowest = inputs.tensor([7], dtype, { minimum: 0, maximum: 5 });
      return [clip(x, 2, 6), clip(x, lowest, 6), clip(x, 9, lowest)];
    });
  }
}
