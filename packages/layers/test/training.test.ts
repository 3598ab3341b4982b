import { compile, tanh, tensor, type Tensor } from '@gradus/core';
import { normal, randomKey } from '@gradus/random';
import { expect, it } from 'vitest';
import {
  accuracy,
  Activation,
  crossEntropy,
  Dense,
  Flatten,
  meanSquaredError,
  Reshape,
  Sequential,
} from '../src/index.js';
import { descend, lossAfter } from './descent.js';
import { useCpu } from './support.js';

useCpu();

it('a hidden layer learns exclusive or, and a single layer cannot', async () => {
  const inputs = tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const targets = tensor([[0], [1], [1], [0]]);
  const finalLoss = (model: Sequential) => {
    const loss = () => meanSquaredError(model.forward(inputs), targets);
    return lossAfter(500, { model, loss, rate: 0.3 });
  };
  const keys = randomKey(3).split(3);
  const hidden = new Sequential([
    new Dense(2, 8, { random: keys[0] }),
    new Activation(tanh),
    // There and back again: gradients pass through layers that only move.
    new Reshape([2, -1]),
    new Flatten(),
  ]);
  const deep = new Sequential([hidden, new Dense(8, 1, { random: keys[1] })]);
  expect(await finalLoss(deep)).toBeLessThan(0.01);
  // The best that a linear function can do is 1/2 everywhere.
  const shallow = new Sequential([new Dense(2, 1, { random: keys[2] })]);
  expect(await finalLoss(shallow)).toBeCloseTo(0.25, 3);
});

it('a softmax layer separates three clouds of points', async () => {
  const count = 300;
  const [noise] = [normal(randomKey(5), 2 * count, { standardDeviation: 0.4 })];
  const centres = [
    [2, 0],
    [-1, 2],
    [-1, -2],
  ];
  const labels = Int32Array.from({ length: count }, (_, index) => index % 3);
  const points = noise.map((value, index) => value + centres[(index >> 1) % 3]![index % 2]!);
  const model = new Dense(2, 3, { random: randomKey(6) });
  const step = compile((x: Tensor, y: Tensor) => {
    const logits = model.forward(x);
    descend(model, crossEntropy(logits, y), 0.5);
    return accuracy(logits, y);
  });
  const batch = { data: points, shape: [count, 2] };
  const before = await (await step(batch, labels)).item();
  for (let index = 0; index < 50; index++) await step(batch, labels);
  expect(before).toBeLessThan(0.9);
  expect(await (await step(batch, labels)).item()).toBeGreaterThan(0.99);
});
