import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { permutation, randomBits, randomIntegers, randomKey } from '../src/index.js';
import { failure } from './support.js';

const key = randomKey(7);
const seed = fc.maxSafeNat();
const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

describe('randomIntegers', () => {
  test('lie within their bounds, the widest included', () => {
    fc.assert(
      fc.property(seed, int32, int32, (value, first, second) => {
        const [minimum, maximum] = [Math.min(first, second), Math.max(first, second) + 1];
        const integers = randomIntegers(randomKey(value), 20, minimum, maximum);
        expect(integers.every((x) => x >= minimum && x < maximum)).toBe(true);
      }),
    );
    const bits = randomBits(key.fold(0), 20);
    const widest = randomIntegers(key, 20, -(2 ** 31), 2 ** 31);
    expect(widest).toEqual(Int32Array.from(bits, (x) => x - 2 ** 31));
  });

  test('draw again where the bits fall beyond the last whole multiple of the range', () => {
    const size = 3 * 2 ** 30; // leaves a quarter of the bit patterns over
    const attempts = Array.from({ length: 20 }, (_, count) => randomBits(key.fold(count), 1000));
    const firstThatFits = Array.from({ length: 1000 }, (_, index) =>
      attempts.findIndex((attempt) => attempt[index]! < size),
    );
    expect(Math.max(...firstThatFits)).toBeGreaterThan(1);
    const expected = firstThatFits.map((count, index) => attempts[count]![index]! - 2 ** 31);
    const drawn = randomIntegers(key, 1000, -(2 ** 31), size - 2 ** 31);
    expect(drawn).toEqual(Int32Array.from(expected));
  });

  test('are pinned', () => {
    expect([...randomIntegers(key, 8, -5, 5)]).toEqual([0, -1, 0, 4, -1, -4, -2, 0]);
  });

  test.each([
    [3, 3],
    [4, 3],
    [0.5, 3],
    [0, NaN],
    [-(2 ** 31) - 1, 0],
    [0, 2 ** 31 + 1],
  ])('refuse the bounds %s and %s', (minimum, maximum) => {
    expect(() => randomIntegers(key, 1, minimum, maximum)).toThrow(failure('INVALID_PARAMETER'));
  });
});

describe('permutation', () => {
  test('holds every index once and is the same every time', () => {
    fc.assert(
      fc.property(seed, fc.nat(200), (value, length) => {
        const order = permutation(randomKey(value), length);
        expect(order).toEqual(permutation(randomKey(value), length));
        expect([...order].sort((a, b) => a - b)).toEqual([...new Uint32Array(length).keys()]);
      }),
    );
  });

  test('is pinned', () => {
    expect([...permutation(key, 8)]).toEqual([7, 2, 0, 6, 4, 5, 1, 3]);
  });
});
