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
import type { HostKey } from '../src/index.js';
import { failure } from './support.js';

const functions: Record<string, (key: HostKey, length: number) => ArrayLike<number>> = {
  randomBits,
  uniform,
  normal,
  truncatedNormal,
  permutation,
  bernoulli: (key, length) => bernoulli(key, length, 0.5),
  randomIntegers: (key, length) => randomIntegers(key, length, 0, 10),
};

describe.each(Object.entries(functions))('%s', (_, sample) => {
  test('gives as many numbers as asked, none included', () => {
    expect(sample(randomKey(0), 13)).toHaveLength(13);
    expect(sample(randomKey(0), 0)).toHaveLength(0);
  });

  test('gives the same for equal keys and something else for another', () => {
    expect(sample(randomKey(1).fold(2), 50)).toEqual(sample(randomKey(1).fold(2), 50));
    expect(sample(randomKey(1), 50)).not.toEqual(sample(randomKey(2), 50));
  });

  test.each([-1, 1.5, NaN, 2 ** 32])('refuses the length %s', (length) => {
    expect(() => sample(randomKey(0), length)).toThrow(failure('INVALID_LENGTH'));
  });

  test('refuses a key whose words are not known, and says what to use', () => {
    const traced = { fold: () => traced, split: () => [traced] };
    expect(() => sample(traced as unknown as HostKey, 1)).toThrow(
      failure('INVALID_KEY', '@gradus/core'),
    );
  });
});
