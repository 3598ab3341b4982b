import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Tensor } from '@gradus/core';
import { grad } from '../src/index.js';
import type { reductionRules } from '../src/rules/reduction.js';
import {
  axesOf,
  checkGradient,
  describeRules,
  distinctValuesOf,
  exact,
  shapes,
  useCpu,
  valuesOf,
  type Differentiable,
  type Example,
} from './support.js';

beforeAll(useCpu);

function reduction(
  operation: (x: Tensor, axes: number[]) => Tensor,
  values: typeof distinctValuesOf = valuesOf,
): fc.Arbitrary<Example> {
  return shapes
    .chain((shape) => fc.tuple(axesOf(shape), values(shape)))
    .map(([axes, x]) => ({ operation: (input) => operation(input, axes), inputs: [x] }));
}

const examples: Record<Differentiable<typeof reductionRules>, fc.Arbitrary<Example>> = {
  sum: reduction((x, axes) => x.sum(axes)),
  product: reduction((x, axes) => x.product(axes)),
  max: reduction((x, axes) => x.max(axes), distinctValuesOf),
  min: reduction((x, axes) => x.min(axes), distinctValuesOf),
};

describeRules(examples);

describe('product', () => {
  const withZeros = (at: readonly number[]) => ({
    data: Float64Array.from({ length: 7 }, (_, index) => (at.includes(index) ? 0 : index - 2.5)),
    shape: [7],
  });

  test.each([[[]], [[3]], [[0, 6]], [[1, 2, 5]]])('with zeros at %j', async (zeros) => {
    await checkGradient((x) => x.product(), [withZeros(zeros)]);
  });

  test('has a second derivative where a single element is zero', async () => {
    await checkGradient((x) => grad(x.product(), x), [withZeros([4])]);
  });

  test('of nothing is a constant, and of one element that element', async () => {
    const [none, one] = [exact([]), exact([5])];
    expect(await grad(none.product(), none).toArray()).toEqual([]);
    expect(await grad(one.product(), one).toArray()).toEqual([1]);
  });
});

describe('ties', () => {
  test('of max and min share equally, row by row', async () => {
    const x = exact([
      [1, 3, 3],
      [2, 2, 2],
      [3, 1, 1],
    ]);
    expect(await grad(x.max(1).sum(), x).toArray()).toEqual([
      [0, 0.5, 0.5],
      [1 / 3, 1 / 3, 1 / 3],
      [1, 0, 0],
    ]);
    expect(await grad(x.min([0, 1]), x).toArray()).toEqual([
      [1 / 3, 0, 0],
      [0, 0, 0],
      [0, 1 / 3, 1 / 3],
    ]);
  });

  test('with NaN the gradient is NaN, not a number that looks right', async () => {
    const x = exact([1, NaN]);
    expect(await grad(x.max(), x).toArray()).toEqual([NaN, NaN]);
  });
});
