import { describe, expect, test } from 'vitest';
import {
  bernoulli,
  normal,
  permutation,
  randomBits,
  randomIntegers,
  randomKey,
  truncatedNormal,
  uniform,
} from '../src/index.js';

// Every bound is at least four standard errors wide, so a correct generator fails none of these
// for more than one seed in some thousands; the seed is fixed.
const key = randomKey(20260101);
const count = 100_000;

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

const moment = (values: Float32Array, order: number): number =>
  mean(Array.from(values, (value) => value ** order));

/** How many standard deviations the chi-square statistic of `counts` is above or below its mean. */
function chiSquareDeviation(counts: readonly number[], total: number): number {
  const expected = total / counts.length;
  const statistic = counts.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  return (statistic - freedom) / Math.sqrt(2 * freedom);
}

function tally(indices: Iterable<number>, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const index of indices) counts[index]! += 1;
  return counts;
}

describe('moments', () => {
  test('uniform: 1/2, 1/3, 1/4', () => {
    const values = uniform(key, count);
    expect(Math.abs(moment(values, 1) - 1 / 2)).toBeLessThan(4 * Math.sqrt(1 / 12 / count));
    expect(Math.abs(moment(values, 2) - 1 / 3)).toBeLessThan(4 * Math.sqrt(4 / 45 / count));
    expect(Math.abs(moment(values, 3) - 1 / 4)).toBeLessThan(4 * Math.sqrt(9 / 112 / count));
  });

  test('normal: 0, 1, 0, 3, and the share within one, two and three deviations', () => {
    const values = normal(key, count);
    expect(Math.abs(moment(values, 1))).toBeLessThan(4 * Math.sqrt(1 / count));
    expect(Math.abs(moment(values, 2) - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
    expect(Math.abs(moment(values, 3))).toBeLessThan(4 * Math.sqrt(15 / count));
    expect(Math.abs(moment(values, 4) - 3)).toBeLessThan(4 * Math.sqrt(96 / count));
    for (const [deviations, share] of [
      [1, 0.6826895],
      [2, 0.9544997],
      [3, 0.9973002],
    ] as const) {
      const within = mean(Array.from(values, (value) => Number(Math.abs(value) < deviations)));
      expect(Math.abs(within - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / count));
    }
  });

  test('truncated normal: 0 and 1 − 4φ(2) / (2Φ(2) − 1)', () => {
    const variance = 1 - (4 * 0.05399097) / 0.9544997;
    const values = truncatedNormal(key, count);
    expect(Math.abs(moment(values, 1))).toBeLessThan(4 * Math.sqrt(variance / count));
    expect(Math.abs(moment(values, 2) - variance)).toBeLessThan(4 * Math.sqrt(1.2 / count));
  });

  test('bernoulli: its probability', () => {
    const share = mean(bernoulli(key, count, 0.3));
    expect(Math.abs(share - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / count));
  });
});

describe('chi-square', () => {
  test('every bit of randomBits is set half of the time', () => {
    const bits = randomBits(key, count);
    for (let bit = 0; bit < 32; bit++) {
      const share = mean(bits.map((value) => (value >>> bit) & 1));
      expect(Math.abs(share - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / count));
    }
  });

  test('uniform numbers fill 256 bins evenly', () => {
    const bins = Array.from(uniform(key, count), (value) => Math.floor(value * 256));
    expect(Math.abs(chiSquareDeviation(tally(bins, 256), count))).toBeLessThan(4);
  });

  test('integers are uniform for a size that does not divide 2^32', () => {
    const integers = randomIntegers(key, count, 0, 100);
    expect(Math.abs(chiSquareDeviation(tally(integers, 100), count))).toBeLessThan(4);
  });

  test('all 24 orders of four elements are equally likely', () => {
    const orders = Array.from({ length: 24_000 }, (_, draw) => {
      const [a, b, c] = permutation(key.fold(draw), 4) as unknown as [number, number, number];
      return a * 6 + (b - Number(b > a)) * 2 + Number(c > 6 - a - b - c);
    });
    expect(Math.abs(chiSquareDeviation(tally(orders, 24), 24_000))).toBeLessThan(4);
  });
});

describe('independence', () => {
  const pairs = {
    'two keys of a split': key.split() as [typeof key, typeof key],
    'a key and the next seed': [key, randomKey(20260102)],
    'a key and one folded from it': [key, key.fold(3)],
  } as const;

  test.each(Object.entries(pairs))('%s fill 16 × 16 bins evenly', (_, [first, second]) => {
    const left = uniform(first, count);
    const right = uniform(second, count);
    const bins = Array.from(
      left,
      (value, index) => Math.floor(value * 16) * 16 + Math.floor(right[index]! * 16),
    );
    expect(Math.abs(chiSquareDeviation(tally(bins, 256), count))).toBeLessThan(4);
  });

  test('neighbouring elements are uncorrelated', () => {
    const values = uniform(key, count + 1);
    const products = Array.from(
      values.subarray(1),
      (value, index) => (value - 0.5) * (values[index]! - 0.5),
    );
    expect(Math.abs(mean(products))).toBeLessThan(4 * Math.sqrt(1 / 144 / count));
  });
});
