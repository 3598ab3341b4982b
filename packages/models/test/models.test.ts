import { cpu } from '@gradus/backend-cpu';
import { namedParameters, setDefaultDevice, tensor, zeros, type Layer } from '@gradus/core';
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

/** Layers without the biases of those that are normalised, by the extents of their weights. */
const weights: Partial<Record<ModelName, readonly (readonly number[])[]>> = {
  'mlp-sigmoid': dense(784, 200, 100, 60, 30, 10),
  'mlp-relu': dense(784, 200, 100, 60, 30, 10),
  'mlp-dropout': dense(784, 200, 100, 60, 30, 10),
  conv: [[4, 1, 5, 5], [8, 4, 5, 5], [12, 8, 4, 4], ...dense(588, 200, 10)],
  'conv-dropout': [[6, 1, 6, 6], [12, 6, 5, 5], [24, 12, 4, 4], ...dense(1176, 200, 10)],
  'mlp-sigmoid-bn': dense(784, 200, 100, 60, 30, 10),
  'mlp-relu-bn': dense(784, 200, 100, 60, 30, 10),
  'conv-bn-dropout': [[24, 1, 6, 6], [48, 24, 5, 5], [64, 48, 4, 4], ...dense(3136, 200, 10)],
};

function dense(...widths: number[]): number[][] {
  return widths.slice(1).map((width, index) => [width, widths[index]!]);
}

const biases: Partial<Record<ModelName, number>> = {
  'mlp-sigmoid': 0,
  'mlp-sigmoid-bn': 0,
  'mlp-relu-bn': 0,
};

describe.each(Object.keys(weights) as ModelName[])('the parameters of %s', (name) => {
  const parameters = Object.entries(namedParameters(models[name].network(randomKey(2))));
  const called = (suffix: string) => parameters.filter(([path]) => path.endsWith(suffix));

  it('begin with truncated normal weights, each drawn from a key of its own', async () => {
    const found = called('.weight');
    expect(found.map(([, { shape }]) => shape)).toEqual(weights[name]);
    const first: number[] = [];
    for (const [, weight] of found) {
      const numbers = Array.from(await weight.data());
      const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const square = numbers.reduce((sum, value) => sum + value ** 2, 0) / numbers.length;
      expect(largest).toBeLessThanOrEqual(Math.fround(0.2));
      expect(Math.sqrt(square)).toBeGreaterThan(0.07);
      expect(Math.sqrt(square)).toBeLessThan(0.11);
      first.push(numbers[0]!);
    }
    expect(new Set(first).size).toBe(found.length);
  });

  it('begin with equal biases and offsets, and scales of 1', async () => {
    const offsets = [...called('.bias'), ...called('.offset')];
    expect(offsets).toHaveLength(weights[name]!.length);
    const expected = Math.fround(biases[name] ?? 0.1);
    for (const [, each] of offsets) {
      expect(new Set(await each.data())).toEqual(new Set([expected]));
    }
    expect(called('.scale')).toHaveLength(name === 'mlp-sigmoid-bn' ? 4 : 0);
    for (const [, each] of called('.scale'))
      expect(new Set(await each.data())).toEqual(new Set([1]));
  });
});

it.each<[ModelName, number, number]>([
  ['mlp-relu', 0.003, 2000],
  ['mlp-dropout', 0.003, 2000],
  ['conv', 0.003, 2000],
  ['conv-dropout', 0.003, 2000],
  ['mlp-sigmoid-bn', 0.003, 2000],
  ['mlp-relu-bn', 0.03, 1000],
  ['conv-bn-dropout', 0.02, 1600],
])('%s learns ever more slowly', async (name, amplitude, timeConstant) => {
  const rate = models[name].optimizer().learningRate as Schedule;
  const at = async (step: number) => rate(tensor(step)).item();
  expect(await at(0)).toBeCloseTo(0.0001 + amplitude, 7);
  expect(await at(timeConstant)).toBeCloseTo(0.0001 + amplitude / Math.E, 7);
  expect(await at(1e6)).toBeCloseTo(0.0001, 7);
});

it('residual warms up, then follows a cosine to nothing', async () => {
  const rate = models.residual.optimizer().learningRate as Schedule;
  const at = async (step: number) => rate(tensor(step)).item();
  expect(await at(0)).toBeLessThan(1e-4);
  expect(await at(200)).toBeCloseTo(0.003, 6);
  expect(await at(2600)).toBeCloseTo(0.0015, 6);
  expect(await at(5000)).toBeCloseTo(0, 6);
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
