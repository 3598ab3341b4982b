import { compile, planOf, tensor, Variable, type Tensor } from '@gradus/core';
import { beforeAll, describe, expect, expectTypeOf, test } from 'vitest';
import { grad } from '../src/index.js';
import { exact, failure, useCpu } from './support.js';

beforeAll(useCpu);

class Linear {
  readonly weight: Variable;
  readonly bias: Variable;
  readonly mean = new Variable([0, 0], { dtype: 'float64', trainable: false });

  constructor(weight: number[][], bias: number[]) {
    this.weight = new Variable(exact(weight));
    this.bias = new Variable(exact(bias));
  }

  forward(x: Tensor): Tensor {
    return x.matMul(this.weight.value.transpose()).add(this.bias).sub(this.mean);
  }
}

describe('the answer has the structure of the question', () => {
  const [a, b] = [exact([1, 2]), exact(3)];
  const product = (): Tensor => a.mul(b).sum();

  test('a tensor for a tensor', async () => {
    const gradient = grad(product(), a);
    expectTypeOf(gradient).toEqualTypeOf<Tensor>();
    expect(await gradient.toArray()).toEqual([3, 3]);
  });

  test('an array for an array, a type for each place', async () => {
    const gradients = grad(product(), [a, b]);
    expectTypeOf(gradients).toEqualTypeOf<readonly [Tensor, Tensor]>();
    expect(await Promise.all(gradients.map((each) => each.toArray()))).toEqual([[3, 3], 3]);
    const list: (Tensor | Variable)[] = [b];
    expectTypeOf(grad(product(), list)).toEqualTypeOf<readonly Tensor[]>();
  });

  test('a record for a record', async () => {
    const gradients = grad(product(), { first: a, second: b });
    expectTypeOf(gradients).toEqualTypeOf<{ readonly first: Tensor; readonly second: Tensor }>();
    expect(await gradients.first.toArray()).toEqual([3, 3]);
    expect(await gradients.second.toArray()).toBe(3);
  });

  test('names of trainable variables for a model', async () => {
    const model = {
      layers: [
        new Linear(
          [
            [1, 2],
            [3, 4],
          ],
          [0, 0],
        ),
      ],
    };
    const output = model.layers[0]!.forward(exact([[5, 6]]));
    const gradients = grad(output.sum(), model);
    expectTypeOf(gradients).toEqualTypeOf<Readonly<Record<string, Tensor>>>();
    expect(Object.keys(gradients)).toEqual(['layers.0.weight', 'layers.0.bias']);
    expect(await gradients['layers.0.weight']!.toArray()).toEqual([
      [5, 6],
      [5, 6],
    ]);
    expect(await gradients['layers.0.bias']!.toArray()).toEqual([1, 1]);
  });

  test('nothing for nothing', () => {
    expect(grad(product(), [])).toEqual([]);
  });
});

describe('any node', () => {
  test('an intermediate tensor', async () => {
    const x = exact([1, 2]);
    const hidden = x.mul(3);
    const loss = hidden.square().sum();
    expect(await grad(loss, hidden).toArray()).toEqual([6, 12]);
    expect(await grad(loss, loss).item()).toBe(1);
  });

  test('a reshaped tensor that is reshaped again', async () => {
    const square = exact([1, 2, 3, 4]).mul(2).reshape([2, 2]);
    const loss = square.reshape([4, 1]).sum().add(square.square().sum());
    const gradient = grad(loss, square);
    expect(await gradient.toArray()).toEqual([
      [5, 9],
      [13, 17],
    ]);
  });

  test('of the same tensor twice, its gradients add up', async () => {
    const x = exact([1, 2]);
    expect(await grad(x.mul(x).add(x).sum(), x).toArray()).toEqual([3, 5]);
  });

  test('what has been realised is still a node', async () => {
    const x = exact([1, 2]);
    const hidden = x.mul(3);
    await hidden.data();
    expect(await grad(hidden.square().sum(), hidden).toArray()).toEqual([6, 12]);
  });

  test('an upstream gradient stands for what follows', async () => {
    const x = exact([
      [1, 2],
      [3, 4],
    ]);
    const upstream = exact([
      [1, 0],
      [0, -1],
    ]);
    const gradient = grad(x.square(), x, { gradient: upstream });
    expect(await gradient.toArray()).toEqual([
      [2, 0],
      [0, -8],
    ]);
  });

  test('inside a compiled function', async () => {
    const derivative = compile((x: Tensor) => grad(x.square().mul(x).sum(), x));
    expect(await (await derivative([1, 2])).toArray()).toEqual([3, 12]);
  });
});

test('derivatives of any order: those of sin', async () => {
  const x = exact(0.7);
  let derivative = x.sin();
  for (const expected of [Math.cos(0.7), -Math.sin(0.7), -Math.cos(0.7), Math.sin(0.7)]) {
    derivative = grad(derivative, x);
    expect(await derivative.item()).toBeCloseTo(expected, 12);
  }
});

test('a part that the output does not depend on gets zeros of its own shape and dtype', async () => {
  const [used, unused] = [exact([1, 2]), tensor([[1, 2, 3]])];
  const gradients = grad(used.sum(), { used, unused });
  expect(gradients.unused.dtype).toBe('float32');
  expect(await gradients.unused.toArray()).toEqual([[0, 0, 0]]);
});

test('only what leads to the question is built', () => {
  const [x, w] = [tensor([[1, 2]]), tensor([[3], [4]])];
  const loss = x.matMul(w).sum();
  /** How many nodes it takes. */
  const nodesFor = (wrt: Tensor[]): number => {
    const first = tensor(0).node.id;
    grad(loss, wrt);
    return tensor(0).node.id - first;
  };
  expect(nodesFor([w])).toBeLessThan(nodesFor([x, w]));
});

test('the same graph gives the same plan, so that sums round alike', () => {
  const build = (): Tensor => {
    const x = tensor([1, 2, 3]);
    return grad(x.sin().mul(x.cos()).add(x.exp()).sum(), x);
  };
  expect(planOf([build()])).toEqual(planOf([build()]));
});

describe('errors', () => {
  const x = exact([1, 2]);

  test.each<[string, () => unknown, RegExp]>([
    [
      'an output that is no scalar',
      () => grad(x.mul(2), x),
      /must be a scalar, got shape \[2\].*sum\(\)/,
    ],
    ['an integer output', () => grad(x.sum().cast('int32'), x), /output is int32/],
    [
      'an integer target',
      () => grad(x.sum(), tensor([1], { dtype: 'int32' })),
      /int32 tensor of shape \[1\] is int32/,
    ],
    [
      'an upstream gradient of another shape',
      () => grad(x, x, { gradient: exact([1]) }),
      /options\.gradient is float64 \[1\], but the output is float64 \[2\]/,
    ],
    [
      'an upstream gradient of another dtype',
      () => grad(x, x, { gradient: tensor([1, 1]) }),
      /is float32 \[2\]/,
    ],
    [
      'a tensor that has nothing to do with it',
      () => grad(x.sum(), exact([5, 6])),
      /does not depend on the float64 tensor of shape \[2\]/,
    ],
    [
      'a tensor behind floor',
      () => grad(x.floor().sum(), x),
      /only through floor, which passes no gradient/,
    ],
    [
      'a tensor behind a comparison',
      () => grad(x.greater(0).cast('float64').sum(), x),
      /only through less|only through cast/,
    ],
    [
      'several of which none is used',
      () => grad(x.sum(), { u: exact(1), v: exact(2) }),
      /any of u, v/,
    ],
    [
      'a model without trainable variables',
      () => grad(x.sum(), { config: { size: 3 } }),
      /Object holds no trainable variables/,
    ],
  ])('%s', (_, attempt, message) => {
    expect(attempt).toThrow(failure('GRADIENT', message));
  });
});
