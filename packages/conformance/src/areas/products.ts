import { isFloating, tensor, type DataType, type Tensor } from '@gradus/core';
import type { Inputs } from '../inputs.js';
import type { BackendTests } from '../suite.js';
import { ofSum } from '../tolerances.js';

/** Rows, depth and columns: ones, primes, tile sizes and their neighbours, nothing at all. */
const sizes: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [1, 17, 1],
  [5, 1, 7],
  [3, 4, 5],
  [8, 8, 8],
  [7, 9, 8],
  [17, 33, 9],
  [31, 2, 37],
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0],
];

const isNumber = (dtype: DataType): boolean => dtype !== 'bool';

/** Matrix products: sizes, all four transpositions, batches, views as operands, epilogues. */
export function products(tests: BackendTests): void {
  for (const dtype of tests.dtypes(isNumber)) {
    tests.expression(
      `matMul of ${dtype}`,
      (inputs) =>
        sizes.map(([m, k, n]) => inputs.tensor([m, k], dtype).matMul(inputs.tensor([k, n], dtype))),
      { tolerance: ofSum(33) },
    );
    tests.expression(
      `matMul of transposed ${dtype}`,
      (inputs) =>
        sizes.flatMap(([m, k, n]) => {
          const [left, right] = [inputs.tensor([m, k], dtype), inputs.tensor([k, n], dtype)];
          const [leftT, rightT] = [inputs.tensor([k, m], dtype), inputs.tensor([n, k], dtype)];
          return [
            leftT.transpose().matMul(right),
            left.matMul(rightT.transpose()),
            leftT.transpose().matMul(rightT.transpose()),
          ];
        }),
      { tolerance: ofSum(33) },
    );
  }
  batches(tests);
  views(tests);
  epilogues(tests);
}

const product =
  (left: readonly number[], right: readonly number[]) =>
  (inputs: Inputs): Tensor =>
    inputs.tensor(left).matMul(inputs.tensor(right));

function batches(tests: BackendTests): void {
  tests.expression(
    'batches, broadcast',
    (inputs) => [
      product([3, 4, 5], [3, 5, 2])(inputs),
      product([3, 4, 5], [5, 2])(inputs),
      product([4, 5], [3, 5, 2])(inputs),
      product([2, 1, 4, 5], [3, 5, 2])(inputs),
      product([0, 4, 5], [5, 2])(inputs),
      inputs
        .tensor([3, 5, 4])
        .transpose([0, 2, 1])
        .matMul(inputs.tensor([3, 2, 5]).transpose([0, 2, 1])),
    ],
    { tolerance: ofSum(5) },
  );
}

function views(tests: BackendTests): void {
  tests.expression(
    'views as operands',
    (inputs) => {
      const x = inputs.tensor([9, 12]);
      const w = inputs.tensor([12, 7]);
      return [
        x.slice([2, 3], [5, 4]).matMul(w.slice([0, 1], [4, 5])),
        x.slice([0, 0], [9, 6], [1, 2]).matMul(w.slice([1, 0], [6, 7], [2, 1])),
        x.flip(1).matMul(w),
        x.reshape([12, 9]).transpose().matMul(w),
        x.pad([0, 1], [0, 2]).slice([0, 0], [9, 12]).matMul(w),
        x.matMul(x.transpose()),
        x.slice([3, 0], [1, 12]).broadcastTo([4, 12]).matMul(w),
        x
          .reshape([3, 3, 3, 4])
          .transpose([0, 2, 1, 3])
          .matMul(w.slice([0, 0], [4, 7])),
      ];
    },
    { tolerance: ofSum(12) },
  );
}

function epilogues(tests: BackendTests): void {
  tests.expression(
    'computed after a product, and before',
    (inputs) => {
      const x = inputs.tensor([11, 6]);
      const w = inputs.tensor([6, 13]);
      const bias = inputs.tensor([13]);
      const affine = x.matMul(w).add(bias);
      return [
        affine.relu(),
        affine.tanh().mul(x.matMul(w)),
        x.relu().matMul(w.mul(2)),
        affine.sum(0),
        affine.transpose(),
        affine.greater(0),
      ];
    },
    { tolerance: { ...ofSum(66), units: 168 } },
  );
  tests.expression('NaN and infinities stay in their rows', () => {
    const x = tensor([
      [NaN, 1],
      [Infinity, 1],
      [2, 3],
    ]);
    return x.matMul([
      [1, 0.5],
      [2, 4],
    ]);
  });
  for (const dtype of tests.dtypes(isFloating)) {
    if (dtype === 'float16') continue;
    tests.expression(
      `a longer depth of ${dtype}`,
      (inputs) => inputs.tensor([3, 784], dtype).matMul(inputs.tensor([784, 5], dtype)),
      { tolerance: ofSum(784) },
    );
  }
}
