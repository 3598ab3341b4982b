import { cpu } from '@gradus/backend-cpu';
import { namedParameters, setDefaultDevice, sizeOf, tensor, zeros, type Layer } from '@gradus/core';
import { setSeed } from '@gradus/layers';
import { schedules, type Schedule } from '@gradus/optim';
import { randomKey } from '@gradus/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { models, type ModelDefinition, type ModelName } from '../src/index.js';

beforeAll(() => setDefaultDevice(cpu()));

const names = Object.keys(models) as ModelName[];

async function values(network: Layer): Promise<number[][]> {
  const parameters = Object.values(namedParameters(network));
  return Promise.all(parameters.map(async (each) => Array.from(await each.data())));
}

describe.each(names)('%s', (name) => {
  const model: ModelDefinition = models[name];

  it('goes by its name', () => expect(model.name).toBe(name));

  it('maps images to ten logits', () => {
    expect(model.network().forward(zeros([2, 1, 28, 28])).shape).toEqual([2, 10]);
    expect(model.network().forward(zeros([5, 784])).shape).toEqual([5, 10]);
  });

  it('begins with the same values for the same key or seed', async () => {
    const network = await values(model.network(randomKey(1)));
    expect(await values(model.network(randomKey(1)))).toEqual(network);
    setSeed(9);
    const seeded = await values(model.network());
    setSeed(9);
    expect(await values(model.network())).toEqual(seeded);
  });

  it('has an optimiser of its own for each run, whose rate can be chosen', () => {
    expect(model.optimizer()).not.toBe(model.optimizer());
    expect(model.optimizer({ learningRate: 0.25 }).learningRate).toBe(0.25);
  });
});

it('softmax begins at zero, with a loss summed over the batch', async () => {
  const { network, loss, optimizer } = models.softmax;
  expect(new Set((await values(network())).flat())).toEqual(new Set([0]));
  const total = await loss(zeros([100, 10]), zeros([100], 'int32')).item();
  expect(total).toBeCloseTo(100 * Math.log(10), 2);
  expect([optimizer().name, optimizer().learningRate]).toEqual(['sgd', 0.005]);
});

const deepNames = names.filter((name) => name !== 'softmax');

it.each(deepNames)('%s begins with truncated normal weights', async (name) => {
  const network = models[name].network(randomKey(2));
  const widths = [784, 200, 100, 60, 30, 10];
  const shapes = Object.values(namedParameters(network)).map(({ shape }) => shape);
  const expected = widths.slice(1).flatMap((width, index) => [[width, widths[index]], [width]]);
  expect(shapes).toEqual(expected);
  const bias = name === 'mlp-sigmoid' ? 0 : Math.fround(0.1);
  const means: number[] = [];
  (await values(network)).forEach((numbers, index) => {
    expect(numbers).toHaveLength(sizeOf(shapes[index]!));
    if (index % 2 === 1) return expect(new Set(numbers)).toEqual(new Set([bias]));
    expect(
      numbers.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
    ).toBeLessThanOrEqual(Math.fround(0.2));
    const square = numbers.reduce((sum, value) => sum + value ** 2, 0) / numbers.length;
    expect(Math.sqrt(square)).toBeGreaterThan(0.075);
    expect(Math.sqrt(square)).toBeLessThan(0.1);
    means.push(numbers[0]!);
  });
  expect(new Set(means).size).toBe(5);
});

it.each(['mlp-relu', 'mlp-dropout'] as const)('%s learns ever more slowly', async (name) => {
  const rate = models[name].optimizer().learningRate as Schedule;
  const at = async (step: number) => rate(tensor(step)).item();
  expect(await at(0)).toBeCloseTo(0.0031, 7);
  expect(await at(2000)).toBeCloseTo(0.0001 + 0.003 / Math.E, 7);
  expect(await at(1e6)).toBeCloseTo(0.0001, 7);
});

it('mlp-sigmoid learns at one rate, or follows another schedule when asked', () => {
  expect(models['mlp-sigmoid'].optimizer().learningRate).toBe(0.003);
  const learningRate = schedules.constant(1);
  expect(models['mlp-sigmoid'].optimizer({ learningRate }).learningRate).toBe(learningRate);
});

it('mlp-dropout is mlp-relu in evaluation, and drops in training', async () => {
  const dropout = models['mlp-dropout'].network(randomKey(3));
  const plain = models['mlp-relu'].network(randomKey(3));
  const images = tensor(
    Float32Array.from({ length: 784 }, (_, index) => (index % 7) / 7),
    { shape: [1, 784] },
  );
  const logits = await plain.forward(images).data();
  expect(await dropout.forward(images).data()).toEqual(logits);
  const context = { training: true, random: randomKey(4) };
  expect(await dropout.forward(images, context).data()).not.toEqual(logits);
});

it('networks print as they are built', () => {
  const network = models['mlp-dropout'].network();
  expect(network.toString().split('\n')).toEqual([
    'Sequential(',
    '  0: Flatten()',
    '  1: Dense(784, 200, relu)',
    '  2: Dropout(0.25)',
    '  3: Dense(200, 100, relu)',
    '  4: Dropout(0.25)',
    '  5: Dense(100, 60, relu)',
    '  6: Dropout(0.25)',
    '  7: Dense(60, 30, relu)',
    '  8: Dropout(0.25)',
    '  9: Dense(30, 10)',
    ')',
  ]);
});
