import { tensor, where, type Tensor } from '@gradus/core';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { grad } from '../src/index.js';
import type { elementwiseRules } from '../src/rules/elementwise.js';
import {
  broadcastable,
  describeRules,
  exact,
  shapes,
  useCpu,
  valuesOf,
  type Differentiable,
  type Example,
} from './support.js';

beforeAll(useCpu);

type Range = readonly [number, number];

function unary(operation: (x: Tensor) => Tensor, range?: Range): fc.Arbitrary<Example> {
  return shapes
    .chain((shape) => valuesOf(shape, range))
    .map((x) => ({ operation: (input) => operation(input), inputs: [x] }));
}

/** Broadcast from the right or from the left. */
function binary(
  operation: (a: Tensor, b: Tensor) => Tensor,
  ranges: readonly [Range, Range] = [
    [-2, 2],
    [-2, 2],
  ],
): fc.Arbitrary<Example> {
  return shapes
    .chain((shape) => fc.tuple(fc.constant(shape), broadcastable(shape)))
    .chain((pair) => fc.constantFrom(pair, pair.toReversed() as typeof pair))
    .chain(([a, b]) => fc.tuple(valuesOf(a, ranges[0]), valuesOf(b, ranges[1], 0.25)))
    .map((inputs) => ({ operation: (a, b) => operation(a, b), inputs }));
}

const examples: Record<Differentiable<typeof elementwiseRules>, fc.Arbitrary<Example>> = {
  neg: unary((x) => x.neg()),
  abs: unary((x) => x.abs()),
  relu: unary((x) => x.relu()),
  sqrt: unary((x) => x.sqrt(), [0.3, 2]),
  exp: unary((x) => x.exp()),
  expm1: unary((x) => x.expm1()),
  log: unary((x) => x.log(), [0.3, 2]),
  log1p: unary((x) => x.log1p(), [-0.6, 2]),
  sin: unary((x) => x.sin()),
  cos: unary((x) => x.cos()),
  tanh: unary((x) => x.tanh()),
  sigmoid: unary((x) => x.sigmoid()),
  erf: unary((x) => x.erf()),
  cast: unary((x) => x.cast('float64')),
  add: binary((a, b) => a.add(b)),
  sub: binary((a, b) => a.sub(b)),
  mul: binary((a, b) => a.mul(b)),
  div: binary(
    (a, b) => a.div(b),
    [
      [-2, 2],
      [0.4, 2],
    ],
  ),
  pow: binary(
    (a, b) => a.pow(b),
    [
      [0.3, 2],
      [-2, 2],
    ],
  ),
  mod: binary(
    (a, b) => a.mod(b),
    [
      [2.1, 2.9],
      [1, 1.01],
    ],
  ),
  maximum: binary((a, b) => a.maximum(b)),
  minimum: binary((a, b) => a.minimum(b)),
  where: binary((a, b) => where(a.add(b).greater(0), a.mul(2), b.mul(3))),
};

// Squaring would take `mod` across its jumps.
describeRules(examples, ['mod']);

describe('cast', () => {
  test('gives the gradient in the dtype of its input', async () => {
    const x = tensor([1, 2, 3]);
    const gradient = grad(x.cast('float64').square().sum(), x);
    expect(gradient.dtype).toBe('float32');
    expect(await gradient.toArray()).toEqual([2, 4, 6]);
  });

  test('stops gradients at integers', () => {
    const x = tensor([1.5, 2.5]);
    expect(() => grad(x.cast('int32').cast('float32').sum(), x)).toThrow(/only through cast/);
  });
});

describe('where a derivative jumps', () => {
  const derivative = (fn: (x: Tensor) => Tensor, at: readonly number[]) => {
    const x = exact(at);
    return grad(fn(x).sum(), x).toArray();
  };

  test('abs and relu have 0 at 0', async () => {
    expect(await derivative((x) => x.abs(), [-2, 0, 2])).toEqual([-1, 0, 1]);
    expect(await derivative((x) => x.relu(), [-2, 0, 2])).toEqual([0, 0, 1]);
  });

  test.each(['maximum', 'minimum'] as const)('ties of %s share equally', async (name) => {
    const [a, b] = [exact([1, 2, 3]), exact([3, 2, 1])];
    const [da, db] = grad(a[name](b).sum(), [a, b]);
    const first = name === 'maximum' ? [0, 0.5, 1] : [1, 0.5, 0];
    expect(await da.toArray()).toEqual(first);
    expect(await db.toArray()).toEqual(first.toReversed());
  });

  test('powers of 0 have the derivatives of polynomials', async () => {
    for (const [exponent, first, second] of [
      [0, 0, 0],
      [1, 1, 0],
      [2, 0, 2],
      [3, 0, 0],
    ] as const) {
      const x = exact(0);
      const once = grad(x.pow(exponent), x);
      const twice = grad(once, x);
      expect(await once.item(), `d/dx x^${exponent}`).toBe(first);
      expect(await twice.item(), `d²/dx² x^${exponent}`).toBe(second);
    }
  });

  test('powers of negative numbers have derivatives with respect to the base', async () => {
    expect(await derivative((x) => x.pow(3), [-2])).toEqual([12]);
  });

  test('0 to a positive power does not change with the exponent', async () => {
    const [base, exponent] = [exact([0, 0]), exact([0, 2])];
    expect(await grad(base.pow(exponent).sum(), exponent).toArray()).toEqual([0, 0]);
  });
});
