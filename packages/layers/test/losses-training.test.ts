import { softmax, tensor, Variable, type Tensor } from '@gradus/core';
import { normal, randomKey } from '@gradus/random';
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  binaryCrossEntropyWithLogits,
  crossEntropy,
  Dense,
  hinge,
  huber,
  l1Penalty,
  l2Penalty,
  meanAbsoluteError,
  meanSquaredError,
  multiClassHinge,
} from '../src/index.js';
import { lossAfter } from './descent.js';
import { numbers, useCpu } from './support.js';

useCpu();

describe('a line through points, one of which is far off', () => {
  const positions = Array.from({ length: 21 }, (_, index) => (index - 10) / 10);
  const inputs = tensor(positions.map((x) => [x]));
  const targets = tensor(positions.map((x, index) => [index === 20 ? 100 : 2 * x + 1]));

  /** Slope and offset after training; those of the other points are 2 and 1. */
  const fitted = async (loss: (prediction: Tensor, target: Tensor) => Tensor) => {
    const line = new Dense(1, 1, { random: randomKey(1) });
    // Smaller and smaller steps, since the gradient of a distance does not vanish near its minimum.
    for (const rate of [0.5, 0.1, 0.02, 0.004]) {
      const current = () => loss(line.forward(inputs), targets);
      await lossAfter(200, { model: line, loss: current, rate });
    }
    return [await line.weight.value.item(), await line.bias!.value.item()] as const;
  };

  it.each([
    ['the mean absolute error', meanAbsoluteError, 0.05],
    ['the Huber loss', huber, 0.3],
  ] as const)('%s goes through the others', async (_, loss, tolerance) => {
    const [slope, offset] = await fitted(loss);
    expect(Math.abs(slope - 2)).toBeLessThan(tolerance);
    expect(Math.abs(offset - 1)).toBeLessThan(tolerance);
  });

  it('the mean squared error goes through none', async () => {
    const [slope, offset] = await fitted(meanSquaredError);
    expect(slope).toBeGreaterThan(10);
    expect(offset).toBeGreaterThan(5);
  });
});

describe('label smoothing', () => {
  const inputs = tensor([[-1], [1]]);

  /** The probability of the right class after training. */
  const confidence = async (labelSmoothing: number) => {
    const model = new Dense(1, 2, { random: randomKey(2) });
    const loss = () => crossEntropy(model.forward(inputs), [0, 1], { labelSmoothing });
    await lossAfter(300, { model, loss, rate: 5 });
    return (await numbers(softmax(model.forward(inputs))))[0]!;
  };

  it('bounds the confidence, which has no bound without', async () => {
    expect(await confidence(0.2)).toBeCloseTo(0.9, 4);
    expect(await confidence(0)).toBeGreaterThan(0.999);
  });
});

describe('binary cross-entropy', () => {
  it('learns questions that are independent of each other', async () => {
    const points = tensor(normal(randomKey(3), 200), { shape: [100, 2] });
    const answers = points.greater(0);
    const model = new Dense(2, 2, { random: randomKey(4) });
    const loss = () => binaryCrossEntropyWithLogits(model.forward(points), answers);
    expect(await lossAfter(300, { model, loss, rate: 5 })).toBeLessThan(0.1);
    const right = model.forward(points).greater(0).equal(answers).cast('float32').mean();
    expect(await right.item()).toBeGreaterThan(0.97);
  });

  it('counts what is rare as much as it is weighted', async () => {
    // One in five is positive. Weighted by 4, that is as much as the others.
    const answers = [[1], [0], [0], [0], [0]];
    const even = async (positiveWeight: number) => {
      const logit = new Variable([[2]]);
      const loss = () =>
        binaryCrossEntropyWithLogits(logit.value.broadcastTo([5, 1]), answers, { positiveWeight });
      await lossAfter(100, { model: { logit }, loss, rate: 2 });
      return (await numbers(logit.value.sigmoid()))[0];
    };
    expect(await even(1)).toBeCloseTo(0.2, 4);
    expect(await even(4)).toBeCloseTo(0.5, 4);
  });
});

describe('hinge', () => {
  const centres = [
    [3, 0],
    [-2, 3],
    [-2, -3],
  ];
  const count = 90;
  const noise = normal(randomKey(5), 2 * count, { standardDeviation: 0.4 });
  const points = tensor(
    noise.map((value, index) => value + centres[(index >> 1) % 3]![index % 2]!),
    { shape: [count, 2] },
  );

  it('separates two clouds by the margin, and then rests', async () => {
    const side = Array.from({ length: count }, (_, index) => [index % 3 === 0 ? 1 : -1]);
    const model = new Dense(2, 1, { random: randomKey(6) });
    const loss = () => hinge(model.forward(points), side);
    expect(await lossAfter(1, { model, loss, rate: 0.1 })).toBeGreaterThan(0.3);
    expect(await lossAfter(100, { model, loss, rate: 0.1 })).toBe(0);
  });

  it('separates three clouds', async () => {
    const labels = Int32Array.from({ length: count }, (_, index) => index % 3);
    const model = new Dense(2, 3, { random: randomKey(7) });
    const loss = () => multiClassHinge(model.forward(points), labels);
    expect(await lossAfter(1, { model, loss, rate: 0.3 })).toBeGreaterThan(0.3);
    expect(await lossAfter(100, { model, loss, rate: 0.3 })).toBe(0);
    expect(await accuracy(model.forward(points), labels).item()).toBe(1);
  });
});

describe('penalties', () => {
  const [rows, columns] = [100, 10];
  const inputs = tensor(normal(randomKey(8), rows * columns), { shape: [rows, columns] });
  const noise = tensor(normal(randomKey(9), rows, { standardDeviation: 0.3 }), {
    shape: [rows, 1],
  });
  // Of the ten columns, two matter.
  const targets = inputs
    .at(null, [0, 1])
    .sub(inputs.at(null, [1, 2]))
    .add(noise);

  /** The learned weights, greatest first. */
  const weights = async (penalty: (model: Dense) => Tensor) => {
    const model = new Dense(columns, 1, { bias: false, random: randomKey(10) });
    const loss = () => meanSquaredError(model.forward(inputs), targets).add(penalty(model));
    for (const rate of [0.1, 0.01, 0.001]) await lossAfter(100, { model, loss, rate });
    return (await numbers(model.weight.value)).map(Math.abs).sort((a, b) => b - a);
  };

  it('L1 makes weights that do not matter 0, L2 does not', async () => {
    const sparse = await weights((model) => l1Penalty(model, 0.3));
    const dense = await weights((model) => l2Penalty(model, 0.3));
    const nonZero = (list: number[]) => list.filter((weight) => weight > 1e-3).length;
    expect(nonZero(sparse)).toBe(2);
    expect(nonZero(dense)).toBe(columns);
    expect(sparse[1]).toBeGreaterThan(0.5);
  });
});
