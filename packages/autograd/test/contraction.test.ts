import { scatterAdd, tensor, type Tensor } from '@gradus/core';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { grad } from '../src/index.js';
import type { contractionRules } from '../src/rules/contraction.js';
import {
  broadcastable,
  describeRules,
  exact,
  shapesOfRank,
  useCpu,
  valuesOf,
  type Differentiable,
  type Example,
} from './support.js';

beforeAll(useCpu);

const matrices: fc.Arbitrary<Example> = fc
  .tuple(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }), shapesOfRank(3))
  .chain(([batch, [m, k, n]]) =>
    fc
      .tuple(broadcastable(batch), broadcastable(batch))
      .chain(([left, right]) =>
        fc.tuple(valuesOf([...left, m!, k!]), valuesOf([...right, k!, n!])),
      ),
  )
  .map((inputs) => ({ operation: (a, b) => a.matMul(b), inputs }));

/** Indices out of range among the others: their updates go nowhere. */
const scattered: fc.Arbitrary<Example> = fc
  .tuple(shapesOfRank(3), fc.nat({ max: 2 }), fc.integer({ min: 1, max: 4 }))
  .chain(([shape, axis, extent]) => {
    const length = shape[axis]!;
    const index = fc.integer({ min: -1, max: extent });
    const indices = fc.array(index, { minLength: length, maxLength: length });
    return fc.tuple(indices, valuesOf(shape)).map(([places, updates]) => ({
      operation: (x) => scatterAdd(tensor(places, { dtype: 'int32' }), x, { axis, extent }),
      inputs: [updates],
    }));
  });

const examples: Record<Differentiable<typeof contractionRules>, fc.Arbitrary<Example>> = {
  matMul: matrices,
  scatterAdd: scattered,
};

describeRules(examples);

describe('gather and scatterAdd are the gradients of each other', () => {
  const indices = tensor(
    [
      [0, 2],
      [2, 2],
    ],
    { dtype: 'int32' },
  );

  test('gather: a row collects the gradients of all its copies', async () => {
    const table = exact([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const gradient = grad(table.gather(indices).sum(), table);
    expect(await gradient.toArray()).toEqual([
      [1, 1],
      [0, 0],
      [3, 3],
    ]);
  });

  test('scatterAdd: an update gets the gradient of the row it went to', async () => {
    const updates = exact([
      [1, 2],
      [3, 4],
    ]);
    const upstream = exact([10, 20, 30]);
    const sum = scatterAdd(indices, updates, { extent: 3 });
    const gradient = grad(sum, updates, { gradient: upstream });
    expect(await gradient.toArray()).toEqual([
      [10, 30],
      [30, 30],
    ]);
  });
});

describe('the weight of x Wᵀ', () => {
  const loss = (x: Tensor, weight: Tensor) => x.matMul(weight.transpose()).square().sum();

  test('has a gradient that is a product itself, so that an update can follow in its kernel', async () => {
    const [x, weight] = [exact([[1, 2]]), exact([[3, 4]])];
    const gradient = grad(loss(x, weight), weight);
    expect(gradient.node.primitive).toBe('matMul');
    expect(await gradient.toArray()).toEqual([[22, 44]]);
  });

  test('so has one of a batch', async () => {
    const [x, weight] = [exact([[[1, 2]]]), exact([[[3, 4]]])];
    const product = x
      .matMul(weight.transpose([0, 2, 1]))
      .square()
      .sum();
    const gradient = grad(product, weight);
    expect(gradient.node.primitive).toBe('matMul');
    expect(await gradient.toArray()).toEqual([[[22, 44]]]);
  });
});
