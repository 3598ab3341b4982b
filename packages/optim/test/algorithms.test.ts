import { tensor, Variable } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  lion,
  rmsProp,
  sgd,
  type Optimizer,
} from '../src/index.js';
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

  it.each<[object, string]>([
    [{ momentum: 1 }, 'sgd: momentum must be in [0, 1), got 1.'],
    [{ momentum: '0.9' }, 'momentum must be in [0, 1)'],
    [{ dampening: 1 }, 'sgd: dampening must be in [0, 1), got 1.'],
    [{ nesterov: true }, 'sgd: nesterov needs momentum above 0 and no dampening.'],
    [{ nesterov: 1, momentum: 0.5 }, 'sgd: nesterov must be true or false, got 1.'],
    [{ nesterov: true, momentum: 0.9, dampening: 0.1 }, 'nesterov needs momentum above 0'],
    [{ weightDecay: -1 }, 'sgd: weightDecay must be a finite number that is not negative'],
    [{ lr: 0.1 }, "sgd: unknown option 'lr'; there are learningRate, momentum"],
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

  it.each<[object, string]>([
    [{ beta1: 1 }, 'adam: beta1 must be in [0, 1), got 1.'],
    [{ beta2: -0.1 }, 'adam: beta2 must be in [0, 1), got -0.1.'],
    [{ epsilon: -1 }, 'adam: epsilon must be a finite number that is not negative, got -1.'],
    [{ weightDecay: NaN }, 'adam: weightDecay must be'],
    [{ betas: [0.9, 0.999] }, "adam: unknown option 'betas'; there are learningRate, beta1"],
  ])('rejects %j', (options, message) => {
    expectError(() => adam(options), 'ARGUMENT', message);
  });
});

describe('adamW', () => {
  it('decays past the moments: by the learning rate times λ, whatever the gradient', async () => {
    for (const gradient of [1e-3, 1e6]) {
      const optimizer = adamW({ learningRate: 0.5, weightDecay: 0.25 });
      expect(await after(optimizer, [gradient], 8)).toBeCloseTo(8 - 0.5 * (1 + 0.25 * 8), 4);
    }
  });

  it('decays by 0.01 if not told otherwise, and Adam does not', async () => {
    expect(await after(adamW({ learningRate: 0.5 }), [0], 8)).toBeCloseTo(8 - 0.5 * 0.08, 5);
    expect(await after(adam({ learningRate: 0.5 }), [0], 8)).toBe(8);
  });

  it.each<[object, string]>([
    [{ beta1: 1 }, 'adamW: beta1 must be in [0, 1), got 1.'],
    [{ beta2: '0.9' }, "adamW: beta2 must be in [0, 1), got '0.9'."],
    [{ weightDecay: -1 }, 'adamW: weightDecay must be a finite number that is not negative'],
    [{ epsilon: Infinity }, 'adamW: epsilon must be a finite number'],
    [{ amsgrad: true }, "adamW: unknown option 'amsgrad'; there are learningRate, beta1"],
  ])('rejects %j', (options, message) => {
    expectError(() => adamW(options), 'ARGUMENT', message);
  });
});

describe('rmsProp', () => {
  it('adds ε outside of the root', async () => {
    const optimizer = rmsProp({ learningRate: 1, alpha: 0.75, epsilon: 0.5 });
    expect(await after(optimizer, [3])).toBeCloseTo(-3 / (Math.sqrt(0.25 * 9) + 0.5), 6);
  });

  it('stays finite where the centred mean square would round below 0', async () => {
    // In float32 the variance is negative from the 55th step on, and its root NaN.
    const optimizer = rmsProp({ learningRate: 1e-9, alpha: 0.75, centered: true });
    const moved = await after(optimizer, new Array<number>(60).fill(0.7));
    expect(moved).toBeLessThan(0);
    expect(moved).toBeGreaterThan(-60 * 1e-9 * (0.7 / 1e-8 + 1));
  });

  it.each<[object, string]>([
    [{ alpha: 1 }, 'rmsProp: alpha must be in [0, 1), got 1.'],
    [{ epsilon: -1 }, 'rmsProp: epsilon must be a finite number that is not negative, got -1.'],
    [{ momentum: 1.5 }, 'rmsProp: momentum must be in [0, 1), got 1.5.'],
    [{ centered: 'yes' }, "rmsProp: centered must be true or false, got 'yes'."],
    [{ weightDecay: [0.1] }, 'rmsProp: weightDecay must be a finite number that is not negative'],
    [{ rho: 0.9 }, "rmsProp: unknown option 'rho'; there are learningRate, alpha"],
  ])('rejects %j', (options, message) => {
    expectError(() => rmsProp(options), 'ARGUMENT', message);
  });
});

describe('adagrad', () => {
  it('divides by the root of all squares so far', async () => {
    const optimizer = adagrad({ learningRate: 1, initialAccumulator: 16 });
    expect(await after(optimizer, [3, 12])).toBeCloseTo(-3 / 5 - 12 / 13, 6);
  });

  it('slows down as one over the steps when asked', async () => {
    const optimizer = adagrad({ learningRate: 1, learningRateDecay: 0.5 });
    expect(await after(optimizer, [1, 1, 1])).toBeCloseTo(
      -1 - 1 / Math.sqrt(2) / 1.5 - 0.5 / Math.sqrt(3),
      6,
    );
  });

  it('follows a number set later, with the decay', async () => {
    const optimizer = adagrad({ learningRate: 1, learningRateDecay: 0.5, initialAccumulator: 1 });
    const w = new Variable([0]);
    optimizer.update({ w }, { w: tensor([0]) });
    optimizer.learningRate = 3;
    optimizer.update({ w }, { w: tensor([Math.sqrt(3)]) });
    expect((await w.data())[0]).toBeCloseTo(((-3 / 1.5) * Math.sqrt(3)) / 2, 5);
  });

  it('does not move without gradients, nor divide 0 by 0', async () => {
    expect(await after(adagrad(), [0, 0], 2)).toBe(2);
  });

  it.each<[object, string]>([
    [{ learningRateDecay: -1 }, 'adagrad: learningRateDecay must be a finite number'],
    [{ initialAccumulator: -1 }, 'adagrad: initialAccumulator must be a finite number'],
    [{ epsilon: NaN }, 'adagrad: epsilon must be a finite number that is not negative, got NaN.'],
    [
      { lrDecay: 1 },
      "adagrad: unknown option 'lrDecay'; there are learningRate, learningRateDecay",
    ],
  ])('rejects %j', (options, message) => {
    expectError(() => adagrad(options), 'ARGUMENT', message);
  });
});

describe('adadelta', () => {
  it('begins with steps of √(ε / (1 − ρ)), whatever the gradients', async () => {
    for (const gradient of [1, -1e4]) {
      const expected = -Math.sign(gradient) * Math.sqrt(1e-4 / 0.25);
      const moved = await after(adadelta({ rho: 0.75, epsilon: 1e-4 }), [gradient]);
      expect(Math.abs(moved / expected - 1)).toBeLessThan(1e-3);
    }
  });

  it.each<[object, string]>([
    [{ rho: -0.5 }, 'adadelta: rho must be in [0, 1), got -0.5.'],
    [{ epsilon: 0 }, 'adadelta: epsilon must be a positive number, got 0.'],
    [{ beta1: 0 }, "adadelta: unknown option 'beta1'; there are learningRate, rho"],
  ])('rejects %j', (options, message) => {
    expectError(() => adadelta(options), 'ARGUMENT', message);
  });
});

describe('lion', () => {
  it('moves by the learning rate, by the sign of gradient and momentum together', async () => {
    const options = { learningRate: 0.5, beta1: 0.5, beta2: 0.75 };
    // Momentum 1, then 0.25; the second sign is that of 0.5 − 1.
    expect(await after(lion(options), [4])).toBe(-0.5);
    expect(await after(lion(options), [4, -2])).toBe(0);
    expect(await after(lion(options), [4, -1])).toBe(-0.5);
    expect(await after(lion(options), [4, -0.5])).toBe(-1);
  });

  it('shrinks parameters apart from the sign, and stays where nothing pulls', async () => {
    const options = { learningRate: 0.5, weightDecay: 0.25 };
    expect(await after(lion(options), [1], 8)).toBe(8 - 0.5 * (1 + 2));
    expect(await after(lion({ learningRate: 0.5 }), [0], 8)).toBe(8);
  });

  it.each<[object, string]>([
    [{ beta1: 1 }, 'lion: beta1 must be in [0, 1), got 1.'],
    [{ beta2: 2 }, 'lion: beta2 must be in [0, 1), got 2.'],
    [{ weightDecay: -1 }, 'lion: weightDecay must be a finite number that is not negative'],
    [{ epsilon: 1e-8 }, "lion: unknown option 'epsilon'; there are learningRate, beta1"],
  ])('rejects %j', (options, message) => {
    expectError(() => lion(options), 'ARGUMENT', message);
  });
});
