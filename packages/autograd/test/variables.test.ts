import { compile, realize, stopGradient, Variable, type Tensor } from '@gradus/core';
import { beforeAll, describe, expect, test } from 'vitest';
import { grad } from '../src/index.js';
import { exact, failure, useCpu } from './support.js';

beforeAll(useCpu);

const variable = (values: number[], name: string): Variable =>
  new Variable(exact(values), { name });

describe('versions', () => {
  test('a gradient belongs to the version that was read', async () => {
    const w = variable([1, 2], 'w');
    const before = w.value.square().sum();
    w.assign([10, 20]);
    const after = w.value.square().sum();
    expect(await grad(before, w).toArray()).toEqual([2, 4]);
    expect(await grad(after, w).toArray()).toEqual([20, 40]);
  });

  test('two versions in one output are ambiguous', () => {
    const w = variable([1, 2], 'w');
    const before = w.value;
    w.assign([10, 20]);
    const loss = before.mul(w).sum();
    expect(() => grad(loss, w)).toThrow(failure('GRADIENT', /reads the variable w in 2 versions/));
  });

  test('the tensor of one read tells which version is meant', async () => {
    const w = variable([1, 2], 'w');
    const before = w.value;
    w.assign([10, 20]);
    const loss = before.mul(w).sum();
    expect(await grad(loss, before).toArray()).toEqual([10, 20]);
    expect(await grad(loss, w.value).toArray()).toEqual([1, 2]);
  });

  test('a version behind stopGradient does not count', async () => {
    const w = variable([1, 2], 'w');
    const before = stopGradient(w);
    w.assign([10, 20]);
    expect(await grad(before.mul(w).sum(), w).toArray()).toEqual([1, 2]);
  });

  test('two versions inside a compiled function as well', async () => {
    const w = variable([1, 2], 'w');
    const step = compile(() => {
      const before = w.value;
      w.assign(before.mul(2));
      return grad(before.mul(w).sum(), w);
    });
    expect(() => step()).toThrow(failure('GRADIENT', /2 versions/));
  });

  test('gradients do not flow into what was assigned', () => {
    const [w, rate] = [variable([1, 2], 'w'), exact(0.1)];
    w.assign(w.value.mul(rate));
    expect(() => grad(w.value.sum(), rate)).toThrow(/does not depend on the float64 tensor/);
  });
});

test('steps of gradient descent, eager and compiled, agree', async () => {
  const descend = (w: Variable): Tensor => {
    const loss = w.value.sub([3, -1]).square().sum();
    w.assign(w.value.sub(grad(loss, w).mul(0.1)));
    return loss;
  };
  const [eager, compiled] = [variable([0, 0], 'eager'), variable([0, 0], 'compiled')];
  const step = compile(() => descend(compiled));
  for (let count = 0; count < 5; count++) {
    const loss = descend(eager);
    expect(await (await step()).item()).toBeCloseTo(await loss.item(), 12);
  }
  const expected = 1 - 0.8 ** 5;
  expect((await eager.data()).map((value) => value)).toEqual(await compiled.data());
  expect((await eager.data())[0]).toBeCloseTo(3 * expected, 12);
});

/** Realises so many tensors that earlier ones forget what they were computed from. */
async function realizeMany(): Promise<void> {
  for (let i = 0; i < 65; i++) await exact(i).add(1).item();
}

describe('what was realised', () => {
  test('still has gradients', async () => {
    const w = variable([1, 2], 'w');
    const hidden = w.value.square();
    const loss = hidden.sum();
    await hidden.data();
    await loss.item();
    expect(await grad(loss, w).toArray()).toEqual([2, 4]);
  });

  test('forgets its past long after, so that a gradient through it says so', async () => {
    const x = exact([1, 2]);
    const loss = x.square().sum();
    await loss.item();
    await realizeMany();
    expect(() => grad(loss, x)).toThrow(failure('GRADIENT', /Take gradients first/));
  });

  test('also where another path would still be there', async () => {
    const w = variable([1, 2], 'w');
    const hidden = w.value.square();
    await realize(hidden);
    await realizeMany();
    const loss = hidden.mul(w).sum();
    expect(() => grad(loss, w)).toThrow(failure('GRADIENT', /the variable w by way of/));
    expect(() => grad(loss, { model: { w } })).toThrow(failure('GRADIENT', /model\.w by way/));
  });

  test('also two realisations away', async () => {
    const [w, v] = [variable([1, 2], 'w'), variable([1, 2], 'v')];
    const near = w.value.square();
    await realize(near);
    const far = near.mul(3);
    await realize(far);
    await realizeMany();
    expect(() => grad(far.mul(v).sum(), { w, v })).toThrow(failure('GRADIENT', /w by way of/));
  });

  test('unless it is said to be a constant', async () => {
    const w = variable([1, 2], 'w');
    const hidden = w.value.square();
    await realize(hidden);
    await realizeMany();
    const gradient = grad(stopGradient(hidden).mul(w).sum(), w);
    expect(await gradient.toArray()).toEqual([1, 4]);
  });

  test('inputs that were read meanwhile are no loss', async () => {
    const x = exact([1, 2]);
    const scaled = x.mul(2);
    const loss = scaled.square().sum();
    await realize(x, scaled);
    expect(await grad(loss, scaled).toArray()).toEqual([4, 8]);
  });
});
