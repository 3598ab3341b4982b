import { randomKey } from '@gradus/random';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  ArgumentError,
  randomBernoulli,
  randomBits,
  randomNormal,
  randomTruncatedNormal,
  randomUniform,
  setDefaultDevice,
  ShapeError,
} from '../src/index.js';
import { interpreter } from './support/interpreter.js';
import { refuse } from './support/refuse.js';

beforeEach(() => setDefaultDevice(interpreter()));

const key = randomKey(20_261_124);
const none = {} as never;

describe('random tensors', () => {
  it('a truncated normal distribution has its moments and its ends', async () => {
    const count = 20_000;
    const standard = randomTruncatedNormal(key, [count]);
    const values = Array.from(await standard.data());
    const mean = values.reduce((sum, x) => sum + x, 0) / count;
    const square = values.reduce((sum, x) => sum + x * x, 0) / count;
    // 1 − 4φ(2) / (2Φ(2) − 1); bounds are four standard errors wide.
    const variance = 1 - (4 * 0.05399097) / 0.9544997;
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / count));
    expect(Math.abs(square - variance)).toBeLessThan(4 * Math.sqrt(1.2 / count));
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(2);
    const options = { mean: 10, standardDeviation: 3 };
    const shifted = await randomTruncatedNormal(key, [count], options).data();
    values.forEach((x, i) => expect(shifted[i]).toBeCloseTo(10 + 3 * x, 4));
  });
  it('have any shape, of no elements too', () => {
    for (const shape of [[], [0], [2, 0, 3], [2, 3]]) {
      const drawn = [
        randomBits(key, shape),
        randomUniform(key, shape),
        randomNormal(key, shape),
        randomTruncatedNormal(key, shape),
        randomBernoulli(key, shape, 0.5),
      ];
      expect(drawn.map((each) => each.shape)).toEqual(drawn.map(() => shape));
      expect(drawn.map(({ dtype }) => dtype)).toEqual([
        ...['uint32', 'float32', 'float32', 'float32', 'bool'],
      ]);
    }
  });
  it('of no spread are their mean', async () => {
    const flat = { mean: 3, standardDeviation: 0 };
    expect(await randomTruncatedNormal(key, [2], flat).toArray()).toEqual([3, 3]);
    expect(await randomNormal(key, [2], flat).toArray()).toEqual([3, 3]);
    const point = { minimum: 5, maximum: 5 };
    expect(await randomUniform(key, [2], point).toArray()).toEqual([5, 5]);
  });
  refuse(ArgumentError, [
    [
      () => randomUniform(key, [1], { minimum: 2, maximum: 1 }),
      'randomUniform: minimum and maximum must be finite and in order, got 2 and 1.',
    ],
    [() => randomUniform(key, [1], { maximum: Infinity }), 'randomUniform: minimum and maximum'],
    [
      () => randomNormal(key, [1], { standardDeviation: -1 }),
      'randomNormal: mean and standardDeviation must be finite and the latter not negative, got 0 and -1.',
    ],
    [
      () => randomTruncatedNormal(key, [1], { mean: NaN }),
      'randomTruncatedNormal: mean and standardDeviation must be finite',
    ],
    [() => randomBernoulli(key, [1], 1.1), 'randomBernoulli: the probability must lie in [0, 1]'],
    [() => randomBits(none, [1]), 'randomBits: expected a random key, randomKey(seed) or'],
    [() => randomNormal(none, [1]), 'randomNormal: expected a random key'],
    [() => randomUniform(none, [1]), 'randomUniform: expected a random key'],
  ]);
  refuse(ShapeError, [
    [() => randomUniform(key, [-1]), 'randomUniform: extents must be non-negative integers'],
    [() => randomBernoulli(key, [1.5], 0), 'randomBernoulli: extents must be non-negative'],
  ]);
});
