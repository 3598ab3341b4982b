import { grad } from '@gradus/autograd';
import { layerSuite } from '@gradus/conformance';
import { compile, ones, tensor, Variable, type Tensor } from '@gradus/core';
import { randomKey, type RandomKey } from '@gradus/random';
import { afterAll, describe, expect, it } from 'vitest';
import { Dropout, Sequential } from '../src/index.js';
import { expectError, numbers, useCpu } from './support.js';

useCpu();

const training = (seed: number) => ({ training: true, random: randomKey(seed) });

describe('in training', () => {
  it.each([0.1, 0.25, 0.9])('drops %d of the elements and scales the others', async (rate) => {
    const count = 20_000;
    const values = await numbers(new Dropout(rate).forward(ones([count]), training(1)));
    const kept = values.filter((value) => value !== 0);
    expect(new Set(kept).size).toBe(1);
    expect(kept[0]).toBeCloseTo(1 / (1 - rate), 5);
    const deviation = Math.sqrt((rate * (1 - rate)) / count);
    expect(Math.abs(1 - kept.length / count - rate)).toBeLessThan(5 * deviation);
  });

  it('preserves the expectation', async () => {
    const values = await numbers(new Dropout(0.25).forward(ones([20_000]), training(2)));
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(1 / 3 / values.length));
  });

  it('drops the same elements for the same key only', async () => {
    const draw = async (seed: number) =>
      numbers(new Dropout(0.5).forward(ones([64]), training(seed)));
    expect(await draw(3)).toEqual(await draw(3));
    expect(await draw(3)).not.toEqual(await draw(4));
  });

  it('drops other elements in each layer of a model', async () => {
    const second = new Dropout(0.5);
    const taken: Tensor[] = [];
    const spy = (x: Tensor) => {
      taken.push(x);
      return ones(x.shape);
    };
    new Sequential([new Dropout(0.5), spy, second, spy]).forward(ones([64]), training(5));
    expect(await numbers(taken[0]!)).not.toEqual(await numbers(taken[1]!));
  });

  it('drops infinities and NaN as well', async () => {
    const input = tensor(new Array<number>(64).fill(NaN));
    const values = await numbers(new Dropout(0.5).forward(input, training(6)));
    expect(values.some((value) => value === 0)).toBe(true);
  });

  it('passes gradients through what it kept', async () => {
    const input = new Variable(new Array<number>(32).fill(3));
    const output = new Dropout(0.5).forward(input.value, training(7));
    const gradient = await numbers(grad(output.sum(), input));
    expect(gradient).toEqual((await numbers(output)).map((value) => value / 3));
  });

  it('draws anew at every call of a compiled function, as it does eagerly', async () => {
    const layer = new Dropout(0.5);
    const forward = compile((x: Tensor, random: RandomKey) =>
      layer.forward(x, { training: true, random }),
    );
    const input = ones([64]);
    const first = await numbers(await forward(input, randomKey(1)));
    const second = await numbers(await forward(input, randomKey(2)));
    expect(forward.traces).toBe(1);
    expect(first).not.toEqual(second);
    expect(first).toEqual(await numbers(layer.forward(input, training(1))));
  });

  it('needs a key, and says so', () => {
    const forward = () => new Dropout(0.5).forward(ones([2]), { training: true });
    expectError(forward, 'TRACE', /^Dropout\(0\.5\) needs randomness in training/);
  });

  it('changes nothing at the rate 0, and needs no key', () => {
    const input = ones([2]);
    expect(new Dropout(0).forward(input, { training: true })).toBe(input);
  });
});

it('changes nothing in evaluation', () => {
  const input = ones([4]);
  const layer = new Dropout(0.5);
  expect(layer.forward(input)).toBe(input);
  expect(layer.forward(input, { training: false, random: randomKey(1) })).toBe(input);
});

it.each([1, -0.1, NaN, 25, '0.5', undefined])('rejects the rate %j', (rate) => {
  const make = () => Reflect.construct(Dropout, [rate]) as Dropout;
  expectError(make, 'ARGUMENT', 'Dropout: the rate is the probability of dropping');
});

layerSuite(
  { describe, it, after: afterAll },
  {
    create: () => new Dropout(0.5),
    inputShape: [3, 2, 4],
    outputShape: [3, 2, 4],
    parameters: {},
    context: training(1),
  },
);
