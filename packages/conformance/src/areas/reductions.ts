import { isFloating, tensor, type DataType } from '@gradus/core';
import type { BackendTests } from '../suite.js';
import { nearlyExact, ofSum, transcendental } from '../tolerances.js';

/** Shapes and the axes to reduce: outer, inner, middle, several, all; primes, ones and zeros. */
const places: readonly (readonly [readonly number[], readonly number[] | undefined])[] = [
  [[13], [0]],
  [[3, 5, 7], [0]],
  [[3, 5, 7], [1]],
  [[3, 5, 7], [2]],
  [
    [3, 5, 7],
    [0, 2],
  ],
  [
    [2, 3, 2, 5],
    [1, 3],
  ],
  [[4, 1, 3], [1]],
  [[4, 3], undefined],
  [[0, 3], [1]],
];

const isNumber = (dtype: DataType): boolean => dtype !== 'bool';
const long = 100_003;

/** Reductions: axes, empty sums, ties, NaN, long axes, views underneath, results used further. */
export function reductions(tests: BackendTests): void {
  for (const dtype of tests.dtypes(isNumber)) {
    tests.expression(
      `sum of ${dtype}`,
      (inputs) => places.map(([shape, axes]) => inputs.tensor(shape, dtype).sum(axes)),
      { tolerance: ofSum(35) },
    );
    // Factors near 1, so that products of many stay in range.
    const factors = isFloating(dtype) ? { minimum: 0.6, maximum: 1.6 } : {};
    tests.expression(
      `product of ${dtype}`,
      (inputs) => places.map(([shape, axes]) => inputs.tensor(shape, dtype, factors).product(axes)),
      { tolerance: { units: 210 } },
    );
  }
  for (const dtype of tests.dtypes()) {
    tests.expression(`max and min of ${dtype}`, (inputs) =>
      places.flatMap(([shape, axes]) => {
        const x = inputs.tensor(shape, dtype);
        return [x.max(axes), x.min(axes)];
      }),
    );
    tests.expression(`argMax and argMin of ${dtype}`, (inputs) =>
      [[13], [3, 5, 7], [5, 1]].flatMap((shape) => {
        const x = inputs.tensor(shape, dtype);
        return shape.flatMap((_, axis) => [x.argMax(axis), x.argMin(axis)]);
      }),
    );
  }
  specialValues(tests);
  longAxes(tests);
  fused(tests);
}

function specialValues(tests: BackendTests): void {
  tests.expression('sums and products of nothing', () => {
    const nothing = tensor([], { shape: [0] });
    const rows = tensor([], { shape: [3, 0] });
    return [
      nothing.sum(),
      nothing.product(),
      rows.sum(1),
      rows.product(1),
      rows.sum(0),
      nothing.mean(),
    ];
  });
  tests.expression('of ties, argMax and argMin take the first', () => {
    const x = tensor([
      [1, 3, 3, 1],
      [2, 2, 2, 2],
      [-1, -1, -3, -3],
    ]);
    return [x.argMax(1), x.argMin(1), x.argMax(0), x.argMin(0)];
  });
  tests.expression('NaN wins max, min, argMax and argMin', () => {
    const x = tensor([
      [1, NaN, 3],
      [NaN, 5, NaN],
      [Infinity, 1, NaN],
      [-Infinity, -1, 0],
    ]);
    return [x.max(1), x.min(1), x.argMax(1), x.argMin(1), x.max(0), x.min(0), x.sum(1)];
  });
  tests.expression('all elements negative, all infinite', () => {
    const x = tensor([
      [-5, -2, -9],
      [-Infinity, -Infinity, -Infinity],
      [Infinity, Infinity, Infinity],
    ]);
    return [x.max(1), x.min(1), x.argMax(1), x.argMin(1), x.sum(1)];
  });
  tests.expression('integer sums and products wrap', () => {
    const large = tensor([2 ** 31 - 1, 2 ** 31 - 1, 3], { dtype: 'int32' });
    const bytes = tensor([200, 100, 7], { dtype: 'uint8' });
    return [large.sum(), large.product(), bytes.sum(), bytes.product()];
  });
  tests.expression('extremes of integers', () => {
    const x = tensor([-(2 ** 31), -(2 ** 31)], { dtype: 'int32' });
    const y = tensor([0, 2 ** 32 - 1], { dtype: 'uint32' });
    return [x.max(), x.min(), y.max(), y.min(), x.argMax(0), y.argMax(0)];
  });
  tests.expression(
    'kept axes and means',
    (inputs) => {
      const x = inputs.tensor([3, 5, 7], 'float32', { minimum: 0 });
      return [
        x.sum([0, 2], { keepDims: true }),
        x.mean(),
        x.mean(1),
        x.max(-1, { keepDims: true }),
      ];
    },
    { tolerance: ofSum(105) },
  );
}

function longAxes(tests: BackendTests): void {
  for (const dtype of tests.dtypes(isFloating)) {
    if (dtype === 'float16') continue;
    // Positive numbers: a sum that cancels has no accuracy to state.
    tests.expression(
      `sums over ${long} elements of ${dtype}`,
      (inputs) => {
        const x = inputs.tensor([long], dtype, { minimum: 0 });
        return [x.sum(), x.mean(), x.reshape([long, 1]).sum(0), x.reshape([1, long]).sum(1)];
      },
      { tolerance: ofSum(long) },
    );
  }
  tests.expression(`extremes over ${long} elements`, (inputs) => {
    const x = inputs.tensor([long]);
    return [x.max(), x.min(), x.argMax(), x.argMin()];
  });
  tests.expression(
    'many rows, few columns, and the reverse',
    (inputs) => {
      const x = inputs.tensor([4099, 3], 'float32', { minimum: 0 });
      return [x.sum(0), x.sum(1), x.max(0), x.argMax(0)];
    },
    { tolerance: ofSum(4099) },
  );
}

function fused(tests: BackendTests): void {
  tests.expression(
    'reductions of views',
    (inputs) => {
      const x = inputs.tensor([6, 5, 4], 'float32', { minimum: 0 });
      return [
        x.transpose().sum(1),
        x.flip(1).slice([1, 0, 0], [2, 3, 2], [2, 2, 1]).sum([0, 2]),
        x.pad([1, 0, 2], [0, 1, 0], 2).max(0),
        x.reshape([3, 40]).sum(0),
        x.sum(0).expandDims(0).broadcastTo([3, 5, 4]).sum([0, 1]),
      ];
    },
    { tolerance: ofSum(120) },
  );
  tests.expression(
    'computed before and after a reduction',
    (inputs) => {
      const x = inputs.tensor([5, 11]);
      const total = x.square().add(1).sum(1);
      return [
        total.sqrt().mul(3),
        x
          .sub(x.max(1, { keepDims: true }))
          .exp()
          .sum(1)
          .log(),
      ];
    },
    { tolerance: transcendental },
  );
  tests.expression(
    'several reductions of one tensor',
    (inputs) => {
      const x = inputs.tensor([7, 9], 'float32', { minimum: 0 });
      return [x.sum(1), x.square().sum(1), x.max(1), x.argMax(1), x.sum(1).div(x.max(1))];
    },
    { tolerance: { ...nearlyExact, units: 24 } },
  );
}
