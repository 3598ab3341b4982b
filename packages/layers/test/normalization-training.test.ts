import { loadStateDictionary, sigmoid, stateDictionary, tensor, type Layer } from '@gradus/core';
import { normal, randomKey } from '@gradus/random';
import { describe, expect, it } from 'vitest';
import { accuracy, BatchNorm, crossEntropy, Dense, LayerNorm, Sequential } from '../src/index.js';
import { lossAfter } from './descent.js';
import { expectClose, numbers, useCpu } from './support.js';

useCpu();

const count = 96;
const coordinates = normal(randomKey(5), 2 * count);
const points = tensor(coordinates, { shape: [count, 2] });
const quadrants = Array.from({ length: count }, (_, index) =>
  coordinates[2 * index]! * coordinates[2 * index + 1]! > 0 ? 1 : 0,
);

/** Six layers of sigmoids, each with what `between` makes before it. */
function deep(between: (features: number) => Layer[]): Sequential {
  const keys = randomKey(3).split(7);
  const hidden = keys.slice(1).flatMap((random, position) => {
    return [new Dense(position === 0 ? 2 : 8, 8, { random }), ...between(8), sigmoid];
  });
  return new Sequential([...hidden, new Dense(8, 2, { random: keys[0] })]);
}

const train = (model: Sequential): Promise<number> =>
  lossAfter(150, {
    model,
    loss: () => crossEntropy(model.forward(points, { training: true }), quadrants),
    rate: 0.5,
  });

describe('six layers of sigmoids', () => {
  it('learn nothing without batch normalisation', async () => {
    expect(await train(deep(() => []))).toBeGreaterThan(0.65);
  });

  it('learn with it, and evaluate by the running statistics', async () => {
    const model = deep((features) => [new BatchNorm(features)]);
    const untrained = await accuracy(model.forward(points), quadrants).item();
    const loss = await train(model);
    const logits = model.forward(points);
    expect(loss).toBeLessThan(0.1);
    expect(untrained).toBeLessThan(0.7);
    expect(await accuracy(logits, quadrants).item()).toBeGreaterThan(0.9);

    const copy = deep((features) => [new BatchNorm(features)]);
    loadStateDictionary(copy, stateDictionary(model));
    expectClose(await numbers(copy.forward(points)), await numbers(logits));
  });
});

it('running statistics converge to those of the data', async () => {
  const layer = new BatchNorm(2, { decay: 0.8 });
  const far = points.mul([3, 0.1]).add([-20, 5]);
  for (let step = 0; step < 60; step++) layer.forward(far, { training: true });
  const [trained, evaluated] = [layer.forward(far, { training: true }), layer.forward(far)];
  // What remains is the variance's n − 1 in place of n.
  expectClose(await numbers(evaluated), await numbers(trained), 1 / count);
});

it('layer normalisation makes examples of all magnitudes count', async () => {
  const magnitudes = coordinates.map((value) => 10 ** (2 * value)).slice(0, count);
  const rays = points.mul(tensor(magnitudes, { shape: [count, 1] }));
  const greater = points.at(null, 0).greater(points.at(null, 1)).cast('int32');
  const train = (first: Layer[]): Promise<number> => {
    const model = new Sequential([...first, new Dense(2, 2, { random: randomKey(1) })]);
    const loss = () => crossEntropy(model.forward(rays), greater);
    return lossAfter(100, { model, loss, rate: 0.5 });
  };
  expect(await train([new LayerNorm(2)])).toBeLessThan(0.05);
  expect(await train([])).toBeGreaterThan(0.3);
});
