import { namedParameters, relu, Variable } from '@gradus/core';
import { randomKey } from '@gradus/random';
import { describe, expect, it } from 'vitest';
import { Dense, initializers, Sequential, setSeed, type Initializer } from '../src/index.js';
import { expectError, useCpu } from './support.js';

useCpu();

const shape = [100, 300];
const context = { key: randomKey(1), fanIn: 300, fanOut: 100 };

function moments(initializer: Initializer): { mean: number; deviation: number; largest: number } {
  const values = Array.from(initializer(shape, context));
  expect(values).toHaveLength(30_000);
  const mean = values.reduce((sum, value) => sum + value) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / values.length);
  return { mean, deviation, largest: Math.max(...values.map(Math.abs)) };
}

describe('distributions', () => {
  const { glorotNormal, glorotUniform, heNormal, heUniform, lecunNormal, lecunUniform } =
    initializers;

  it.each<[string, Initializer, number]>([
    ['glorotUniform', glorotUniform, 2 / 400],
    ['heUniform', heUniform, 2 / 300],
    ['lecunUniform', lecunUniform, 1 / 300],
  ])('%s has its variance and bounds', (_, initializer, variance) => {
    const { mean, deviation, largest } = moments(initializer);
    expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(30_000));
    expect(deviation / Math.sqrt(variance)).toBeCloseTo(1, 1.5);
    expect(largest).toBeLessThanOrEqual(Math.fround(Math.sqrt(3 * variance)));
    expect(largest).toBeGreaterThan(0.999 * Math.sqrt(3 * variance));
  });

  it.each<[string, Initializer, number]>([
    ['glorotNormal', glorotNormal, 2 / 400],
    ['heNormal', heNormal, 2 / 300],
    ['lecunNormal', lecunNormal, 1 / 300],
    ['normal', initializers.normal({ standardDeviation: 0.3 }), 0.09],
  ])('%s has its variance and tails', (_, initializer, variance) => {
    const { mean, deviation, largest } = moments(initializer);
    expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(30_000));
    expect(deviation / Math.sqrt(variance)).toBeCloseTo(1, 1.5);
    expect(largest).toBeGreaterThan(3 * deviation);
  });

  it('truncatedNormal stays within two deviations of its mean', () => {
    const options = { mean: 1, standardDeviation: 0.1 };
    const { mean, deviation, largest } = moments(initializers.truncatedNormal(options));
    expect(mean).toBeCloseTo(1, 2);
    expect(deviation).toBeCloseTo(0.088, 3);
    expect(largest).toBeLessThanOrEqual(1.2 + 1e-6);
  });

  it('uniform stays within its bounds', () => {
    const { mean, largest } = moments(initializers.uniform({ minimum: 2, maximum: 4 }));
    expect(mean).toBeCloseTo(3, 1);
    expect(largest).toBeLessThanOrEqual(4);
  });

  it('constants are constant', () => {
    expect(Array.from(initializers.zeros([2], context))).toEqual([0, 0]);
    expect(Array.from(initializers.ones([2, 1], context))).toEqual([1, 1]);
    expect(Array.from(initializers.constant(0.1)([3], context))).toEqual([0.1, 0.1, 0.1]);
  });
});

describe('seeds', () => {
  const network = () => new Sequential([new Dense(4, 5, { activation: relu }), new Dense(5, 5)]);
  const read = async (model: object) => {
    const parameters = Object.values(namedParameters(model));
    return Promise.all(parameters.map(async (each: Variable) => Array.from(await each.data())));
  };

  it('give the same model again', async () => {
    setSeed(42);
    const first = await read(network());
    const second = await read(network());
    setSeed(42);
    expect(await read(network())).toEqual(first);
    expect(second).not.toEqual(first);
    setSeed(43);
    expect(await read(network())).not.toEqual(first);
  });

  it('give each layer of a model other values', async () => {
    const [one, two] = await read([new Dense(5, 5), new Dense(5, 5)]).then((values) => [
      values[0],
      values[2],
    ]);
    expect(one).not.toEqual(two);
  });

  it('do not touch layers with a key of their own', async () => {
    const random = randomKey(7);
    setSeed(1);
    const own = await read(new Dense(3, 3, { random }));
    const next = await read(new Dense(3, 3));
    setSeed(1);
    expect(await read(new Dense(3, 3))).toEqual(next);
    expect(await read(new Dense(3, 3, { random }))).toEqual(own);
  });

  it('must be integers', () => {
    expect(() => setSeed(0.5)).toThrow('A seed must be an integer');
  });
});

it('options that there are not are refused at once', () => {
  const misspelt = { minimum: 0, maximum: 1, standarddeviation: 1 } as never;
  for (const name of ['uniform', 'normal', 'truncatedNormal'] as const) {
    expectError(() => initializers[name](misspelt), 'ARGUMENT', `${name}: unknown option`);
  }
});
