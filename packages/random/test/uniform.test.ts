import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bernoulli, randomBits, randomKey, threefry2x32, uniform } from '../src/index.js';
import { failure } from './support.js';

const key = randomKey(7);
const seed = fc.maxSafeNat();
const float = fc.float({ noNaN: true, min: -1e6, max: 1e6 });

describe('randomBits', () => {
  test('element i is both words of the cipher at counter i, XORed', () => {
    fc.assert(
      fc.property(seed, fc.nat(50), (value, length) => {
        const { word0, word1 } = randomKey(value);
        const expected = Array.from({ length }, (_, index) => {
          const [first, second] = threefry2x32(word0, word1, 0, index);
          return (first ^ second) >>> 0;
        });
        expect(randomBits(randomKey(value), length)).toEqual(Uint32Array.from(expected));
      }),
    );
  });

  test('is pinned: other implementations and saved runs rely on these numbers', () => {
    expect([...randomBits(key, 4)]).toEqual([2895194379, 4185947648, 1300703658, 1906787632]);
  });
});

describe('uniform', () => {
  test('is the upper 24 bits times 2^-24', () => {
    const bits = randomBits(key, 1000);
    expect(uniform(key, 1000)).toEqual(Float32Array.from(bits, (value) => (value >>> 8) / 2 ** 24));
  });

  test('rounds after every operation, as float32 devices do', () => {
    fc.assert(
      fc.property(seed, float, float, (value, first, second) => {
        const [minimum, maximum] = [Math.min(first, second), Math.max(first, second)];
        const unit = uniform(randomKey(value), 20);
        const scaled = uniform(randomKey(value), 20, { minimum, maximum });
        const range = new Float32Array([maximum - minimum])[0]!;
        const products = unit.map((u) => u * range);
        expect(scaled).toEqual(products.map((product) => product + Math.fround(minimum)));
        expect(scaled.every((x) => x >= minimum && x <= maximum)).toBe(true);
      }),
    );
  });

  test('a longer draw begins with a shorter one', () => {
    expect(uniform(key, 100).slice(0, 10)).toEqual(uniform(key, 10));
    expect(uniform(key, 0)).toEqual(new Float32Array(0));
  });

  test.each([
    { minimum: 1, maximum: 0 },
    { minimum: NaN },
    { maximum: Infinity },
    { maximum: 1e39 },
    { minimum: -3e38, maximum: 3e38 },
  ])('refuses the bounds %o', (options) => {
    expect(() => uniform(key, 1, options)).toThrow(failure('INVALID_PARAMETER'));
  });
});

describe('bernoulli', () => {
  test('compares the uniform number with the probability in float32', () => {
    fc.assert(
      fc.property(seed, fc.double({ min: 0, max: 1, noNaN: true }), (value, probability) => {
        const units = uniform(randomKey(value), 50);
        const expected = Uint8Array.from(units, (unit) => Number(unit < Math.fround(probability)));
        expect(bernoulli(randomKey(value), 50, probability)).toEqual(expected);
      }),
    );
  });

  test('a probability that rounds down to the uniform number does not exceed it', () => {
    const [unit] = uniform(key, 1);
    expect(unit! + 1e-12).toBeGreaterThan(unit!);
    expect(bernoulli(key, 1, unit! + 1e-12)).toEqual(Uint8Array.of(0));
  });

  test('certain outcomes are certain', () => {
    expect(bernoulli(key, 1000, 0)).toEqual(new Uint8Array(1000));
    expect(bernoulli(key, 1000, 1)).toEqual(new Uint8Array(1000).fill(1));
  });

  test.each([-0.1, 1.1, NaN])('refuses the probability %s', (probability) => {
    expect(() => bernoulli(key, 1, probability)).toThrow(failure('INVALID_PARAMETER'));
  });
});
