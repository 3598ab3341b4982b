import { compile, tensor, topologicalOrder, type Tensor } from '@gradus/core';
import { cpu } from '@gradus/backend-cpu';
import { describe, expect, test } from 'vitest';
import { grad } from '../src/index.js';

// No default device: a chain as long as these would otherwise be computed while it is built.
const length = 100_000;

function chain(x: Tensor, count: number): Tensor {
  let y = x;
  for (let step = 0; step < count; step++) y = y.sin();
  return y;
}

describe('graphs of 100,000 nodes', () => {
  test('a chain', () => {
    const x = tensor(0.5);
    const gradient = grad(chain(x, length), x);
    const nodes = topologicalOrder([gradient.node]);
    const count = (name: string): number => nodes.filter((node) => node.primitive === name).length;
    // The derivative of the first sine needs no sine; nor does one multiply the gradient 1.
    expect(count('cos')).toBe(length);
    expect(count('sin')).toBe(length - 1);
    expect(count('mul')).toBe(length - 1);
  });

  test('one tensor used 100,000 times', () => {
    const x = tensor(0.5);
    let sum = x.mul(2);
    for (let use = 1; use < length; use++) sum = sum.add(x.mul(2));
    const nodes = topologicalOrder([grad(sum, x).node]);
    expect(nodes.filter(({ primitive }) => primitive === 'add').length).toBe(length - 1);
  });

  test('values of a long chain in one compiled step', async () => {
    const device = cpu();
    const step = compile((x: Tensor) => grad(chain(x, 1_000), x), { device });
    let [x, derivative] = [0.5, 1];
    for (let count = 0; count < 1_000; count++) {
      derivative *= Math.cos(x);
      x = Math.sin(x);
    }
    const result = await step(tensor(0.5, { dtype: 'float64' }));
    expect((await result.data())[0]).toBeCloseTo(derivative, 12);
  });
});
