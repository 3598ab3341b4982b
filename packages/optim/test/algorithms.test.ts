import { tensor, Variable } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { adam, sgd, transforms, weightsOnly, type Optimizer } from '../src/index.js';
import { expectClose, expectError, useCpu } from './support.js';

useCpu();

/** A scalar parameter after steps with these gradients. */
async function after(optimizer: Optimizer, gradients: number[], initial = 0): Promise<number> {
  const w = new Variable([initial]);
  for (const gradient of gradients) optimizer.update({ w }, { w: tensor([gradient]) });
  return (await w.data())[0]!;
}

describe('sgd', () => {
  it('dampens all gradients but the first', async () => {
    const optimizer = sgd({ learningRate: 1, momentum: 0.5, dampening: 0.25 });
    // Velocities 4, then 0.5 · 4 + 0.75 · 8.
    expect(await after(optimizer, [4, 8])).toBe(-12);
  });

  it('adds decay to the gradients of weights alone when asked', async () => {
    const weight = new Variable([[10]]);
    const bias = new Variable([10]);
    const gradients = { weight: tensor([[1]]), bias: tensor([1]) };
    const options = { learningRate: 1, weightDecay: 0.25 };
    sgd({ ...options, decay: weightsOnly }).update({ weight, bias }, gradients);
    expect([(await weight.data())[0], (await bias.data())[0]]).toEqual([6.5, 9]);
    sgd(options).update({ weight, bias }, gradients);
    expect([(await weight.data())[0], (await bias.data())[0]]).toEqual([3.875, 5.75]);
  });

  it('asks which parameters decay by name', async () => {
    const [kept, decayed] = [new Variable([8]), new Variable([8])];
    const asked: [string, Variable][] = [];
    const optimizer = sgd({
      learningRate: 1,
      weightDecay: 0.5,
      decay: (name, parameter) => asked.push([name, parameter]) > 1,
    });
    const zero = tensor([0]);
    optimizer.update({ kept, decayed }, { kept: zero, decayed: zero });
    expect(asked).toEqual([
      ['kept', kept],
      ['decayed', decayed],
    ]);
    expect([(await kept.data())[0], (await decayed.data())[0]]).toEqual([8, 4]);
  });

  it.each<[object, string]>([
    [{ momentum: 1 }, 'sgd: momentum must be in [0, 1), got 1.'],
    [{ momentum: '0.9' }, 'momentum must be in [0, 1)'],
    [{ momentum: 0.9, dampening: 1 }, 'momentum: dampening must be in [0, 1), got 1.'],
    [{ nesterov: true }, 'momentum: nesterov needs a factor above 0 and no dampening.'],
    [{ nesterov: true, momentum: 0.9, dampening: 0.1 }, 'nesterov needs a factor above 0'],
    [{ weightDecay: -1 }, 'sgd: weightDecay must be a finite number that is not negative'],
    [{ lr: 0.1 }, 'sgd: unknown option lr; there are learningRate, momentum'],
  ])('rejects %j', (options, message) => {
    expectError(() => sgd({ learningRate: 1, ...options }), 'ARGUMENT', message);
  });
});

describe('adam', () => {
  it('takes steps of the learning rate, whatever the gradients', async () => {
    for (const scale of [1e-3, 1, 1e6]) {
      expect(await after(adam({ learningRate: 0.5 }), [scale, scale])).toBeCloseTo(-1, 4);
    }
  });

  it('corrects the bias of the first steps exactly for β near 1', async () => {
    // 1 − 0.99999ᵗ in float32 is off by 0.1% here, and so would be the step.
    const beta2 = 0.99999;
    const optimizer = adam({ learningRate: 1, beta1: 0, beta2, epsilon: 0 });
    const [first, second] = [3, 5];
    const meanSquare = ((1 - beta2) * (beta2 * first ** 2 + second ** 2)) / (1 - beta2 ** 2);
    expectClose([await after(optimizer, [first, second])], [-1 - second / Math.sqrt(meanSquare)]);
  });

  it('decays through the moments', async () => {
    const moved = await after(adam({ learningRate: 0.5, weightDecay: 2 }), [-1], 1);
    expect(moved).toBeCloseTo(0.5, 5);
  });

  it('is a chain of a direction and a rate', async () => {
    expect(Object.keys(transforms)).toEqual(['adamDirection', 'momentum', 'weightDecay']);
    expect(adam().learningRate).toBe(1e-3);
    expect(adam().name).toBe('adam');
  });

  it.each<[object, string]>([
    [{ beta1: 1 }, 'adam: beta1 must be in [0, 1), got 1.'],
    [{ beta2: -0.1 }, 'adam: beta2 must be in [0, 1), got -0.1.'],
    [{ epsilon: -1 }, 'adam: epsilon must be a finite number that is not negative, got -1.'],
    [{ weightDecay: NaN }, 'adam: weightDecay must be'],
    [{ betas: [0.9, 0.999] }, 'adam: unknown option betas; there are learningRate, beta1'],
  ])('rejects %j', (options, message) => {
    expectError(() => adam(options), 'ARGUMENT', message);
  });
});
