import { grad } from '@gradus/autograd';
import { layerSuite } from '@gradus/conformance';
import { compile, ones, tensor, Variable, zeros } from '@gradus/core';
import { randomKey, randomStream, type RandomKey } from '@gradus/random';
import { describe, expect, it } from 'vitest';
import {
  Dense,
  GlobalAvgPool2d,
  meanSquaredError,
  Sequential,
  SpatialDropout2d,
} from '../src/index.js';
import { descend } from './descent.js';
import { expectError, numbers, useCpu } from './support.js';
import { valuesOf } from './windows.js';

useCpu();

const training = (seed: number) => ({ training: true, random: randomKey(seed) });

layerSuite(
  { describe, it },
  {
    create: () => new SpatialDropout2d(0.5),
    inputShape: [4, 3, 2, 2],
    outputShape: [4, 3, 2, 2],
    parameters: {},
    context: training(1),
  },
);

describe('in training', () => {
  it.each([0.1, 0.25, 0.9])('drops %d of the channels and scales the others', async (rate) => {
    const count = 100 * 80;
    const output = new SpatialDropout2d(rate).forward(ones([100, 80, 2, 3]), training(1));
    const values = await numbers(output);
    const channels = Array.from({ length: count }, (_, i) => values.slice(6 * i, 6 * i + 6));
    for (const channel of channels) expect(new Set(channel).size).toBe(1);
    const kept = channels.map(([value]) => value!).filter((value) => value !== 0);
    for (const value of kept) expect(value).toBeCloseTo(1 / (1 - rate), 5);
    const deviation = Math.sqrt((rate * (1 - rate)) / count);
    expect(Math.abs(1 - kept.length / count - rate)).toBeLessThan(5 * deviation);
  });

  it('preserves the expectation', async () => {
    const output = new SpatialDropout2d(0.25).forward(ones([100, 80, 1, 1]), training(2));
    expect(Math.abs((await output.mean().item()) - 1)).toBeLessThan(5 * Math.sqrt(1 / 3 / 8000));
  });

  it('drops other channels of each image, the same for the same key only', async () => {
    const draw = async (seed: number) =>
      numbers(new SpatialDropout2d(0.5).forward(ones([2, 32, 1, 1]), training(seed)));
    const first = await draw(3);
    expect(await draw(3)).toEqual(first);
    expect(await draw(4)).not.toEqual(first);
    expect(first.slice(0, 32)).not.toEqual(first.slice(32));
  });

  it('passes gradients through what it kept', async () => {
    const input = new Variable(valuesOf([2, 4, 2, 2]));
    const output = new SpatialDropout2d(0.5).forward(input.value, training(5));
    const gradient = await numbers(grad(output.sum(), input));
    const values = await numbers(input.value);
    const kept = gradient.map((scale, i) => (scale === 0 ? 0 : scale * values[i]!));
    expect(await numbers(output)).toEqual(kept);
    expect(new Set(gradient)).toEqual(new Set([0, 2]));
  });

  it('needs a key, and says so', () => {
    const forward = () => new SpatialDropout2d(0.5).forward(ones([1, 1, 1, 1]), { training: true });
    expectError(forward, 'TRACE', /^SpatialDropout2d\(0\.5\) needs randomness in training/);
  });
});

it('changes nothing in evaluation, nor at the rate 0', () => {
  const input = ones([2, 3, 2, 2]);
  expect(new SpatialDropout2d(0.5).forward(input)).toBe(input);
  expect(new SpatialDropout2d(0.5).forward(input, { random: randomKey(1) })).toBe(input);
  expect(new SpatialDropout2d(0).forward(input, { training: true })).toBe(input);
});

it('takes a batch of none', async () => {
  const output = new SpatialDropout2d(0.5).forward(zeros([0, 3, 2, 2]), training(1));
  expect([output.shape, await numbers(output)]).toEqual([[0, 3, 2, 2], []]);
});

it('makes a network rely on all channels that tell the same, not on one', async () => {
  const brightness = Float32Array.from({ length: 64 }, (_, i) => (i % 8) - 3.5);
  const twice = tensor(brightness, { shape: [64, 1, 1, 1] }).broadcastTo([64, 2, 2, 2]);
  const targets = tensor(brightness, { shape: [64, 1] });
  const firstLost = twice.mul(tensor([0, 1]).reshape([2, 1, 1]));
  const lossWithoutFirst = async (rate: number) => {
    const keys = randomStream(2);
    // It begins with a perfect answer from the first channel alone.
    const head = new Dense(2, 1, { bias: false, weightInitializer: () => [1, 0] });
    const model = new Sequential([new SpatialDropout2d(rate), new GlobalAvgPool2d(), head]);
    const step = compile((random: RandomKey) => {
      const output = model.forward(twice, { training: true, random });
      descend(model, meanSquaredError(output, targets), 0.01);
    });
    for (let index = 0; index < 100; index++) await step(keys.next());
    return meanSquaredError(model.forward(firstLost), targets).item();
  };
  const squares = brightness.reduce((sum, value) => sum + value * value, 0) / 64;
  // Both weights tend to 1/3, where (w₁ + w₂ − 1)² + w₁² + w₂² is least.
  expect(await lossWithoutFirst(0.5)).toBeLessThan(0.55 * squares);
  expect(await lossWithoutFirst(0)).toBeCloseTo(squares, 4);
});

describe('errors', () => {
  it.each([1, -0.1, NaN, '0.5', undefined])('reject the rate %j', (rate) => {
    const make = () => Reflect.construct(SpatialDropout2d, [rate]) as SpatialDropout2d;
    expectError(make, 'ARGUMENT', 'SpatialDropout2d: the rate is the probability of dropping');
  });

  it('reject what are no images, in evaluation too', () => {
    const message = 'SpatialDropout2d(0.5): expected images [n, c, h, w], got [8, 3].';
    expectError(() => new SpatialDropout2d(0.5).forward(zeros([8, 3])), 'SHAPE', message);
  });
});
