import {
  arange,
  cumulativeSum,
  dot,
  eye,
  isFloating,
  linspace,
  ones,
  outer,
  repeat,
  rsqrt,
  split,
  tensor,
  tile,
  tril,
  triu,
  type DataType,
} from '@gradus/core';
import type { BackendTests } from '../suite.js';
import { nearlyExact, ofSum } from '../tolerances.js';

const isNumber = (dtype: DataType): boolean => dtype !== 'bool';

/** Compositions of movement and positions, to the last bit; sums of products. */
export function arrangement(tests: BackendTests): void {
  for (const dtype of tests.dtypes()) {
    tests.expression(`split of ${dtype}`, (inputs) => {
      const x = inputs.tensor([4, 7], dtype);
      return [...split(x, 2), ...split(x, [1, 0, 6], 1), ...split(x.transpose(), 7)];
    });
    tests.expression(`repeat and tile of ${dtype}`, (inputs) => {
      const x = inputs.tensor([3, 5], dtype);
      const view = inputs.tensor([5, 1, 3], dtype).transpose().flip(0);
      return [repeat(x, 3), repeat(view, 2, -1), repeat(x, 0), tile(x, [2, 1, 3]), tile(view, 2)];
    });
    tests.expression(`tril and triu of ${dtype}`, (inputs) =>
      [
        [5, 5],
        [2, 3, 7],
        [7, 3],
        [0, 4],
        [1, 1],
      ].flatMap((shape) => {
        const x = inputs.tensor(shape, dtype);
        return [tril(x), triu(x), tril(x, -2), triu(x, 1), tril(x, 100)];
      }),
    );
    tests.expression(`eye in ${dtype}`, () => [
      eye(3, { dtype }),
      eye(2, { columns: 5, diagonal: 2, dtype }),
      eye(5, { columns: 2, diagonal: -1, dtype }),
      eye(0, { dtype }),
    ]);
  }
  for (const dtype of tests.dtypes(isNumber)) {
    tests.expression(`arange in ${dtype}`, () => [
      arange(0, 7, 1, dtype),
      arange(97, 3, -5, dtype),
      arange(5, 5, 1, dtype),
    ]);
    tests.expression(`cumulative sums of ${dtype}`, (inputs) =>
      [[1], [2, 9], [5, 1, 3], [1009], [3, 0]].flatMap((shape) => {
        const x = inputs.tensor(shape, dtype);
        return [cumulativeSum(x), cumulativeSum(x, 0), cumulativeSum(x.flip(), 0)];
      }),
    );
    tests.expression(
      `dot and outer of ${dtype}`,
      (inputs) => {
        const [a, b] = [inputs.tensor([17], dtype), inputs.tensor([17], dtype)];
        const nothing = inputs.tensor([0], dtype);
        return [dot(a, b.flip()), dot(nothing, nothing), outer(a, inputs.tensor([3], dtype))];
      },
      { tolerance: ofSum(17) },
    );
  }
  for (const dtype of tests.dtypes(isFloating)) {
    tests.expression(`linspace in ${dtype}`, () => [
      linspace(-1, 2, 31, dtype),
      linspace(5, -1, 2, dtype),
      linspace(0.1, 1, 1, dtype),
      linspace(0, 1, 0, dtype),
    ]);
    tests.expression(
      `rsqrt of ${dtype}`,
      (inputs) => [
        rsqrt(inputs.tensor([23], dtype, { minimum: 0.01, maximum: 30 })),
        rsqrt(tensor([0, Infinity, -1, NaN], { dtype })),
      ],
      { tolerance: nearlyExact },
    );
  }
  tests.expression('cumulative sums of infinities and NaN', () =>
    cumulativeSum(tensor([1, Infinity, 2, -Infinity, 3, NaN, 4])),
  );
  tests.expression('triangles do not let through what they cover', () => {
    const x = ones([3, 3]).mul(NaN);
    return [tril(x, -1), triu(x, 1)];
  });
}
