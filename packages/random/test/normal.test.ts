import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normal, randomKey, truncatedNormal, uniform } from '../src/index.js';
import { failure } from './support.js';

const key = randomKey(7);
const invalid = [
  { mean: NaN },
  { mean: Infinity },
  { standardDeviation: -1 },
  { standardDeviation: NaN },
  { standardDeviation: 1e39 },
];

describe('normal', () => {
  test('is the Box-Muller transform of two uniform draws', () => {
    const radius = uniform(key.fold(0), 500);
    const angle = uniform(key.fold(1), 500);
    const expected = radius.map(
      (u, index) => Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * angle[index]!),
    );
    expect(normal(key, 500)).toEqual(expected);
  });

  test('shifts and scales, rounding once', () => {
    const shifted = normal(key, 100, { mean: 3, standardDeviation: 0.5 });
    normal(key, 100).forEach((value, index) => {
      expect(shifted[index]).toBeCloseTo(3 + 0.5 * value, 6);
    });
    const constant = normal(key, 10, { mean: 3, standardDeviation: 0 });
    expect(constant).toEqual(new Float32Array(10).fill(3));
  });

  test('is pinned', () => {
    expect([...normal(key, 2)]).toEqual([
      Math.fround(-0.9110496640205383),
      Math.fround(0.5871568322181702),
    ]);
  });

  test.each(invalid)('refuses %o', (options) => {
    expect(() => normal(key, 1, options)).toThrow(failure('INVALID_PARAMETER'));
  });
});

describe('truncatedNormal', () => {
  test('is the first of the attempts that lies within two deviations', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (seed) => {
        const source = randomKey(seed);
        const attempts = Array.from({ length: 12 }, (_, count) => normal(source.fold(count), 40));
        const expected = Float32Array.from({ length: 40 }, (_, index) => {
          const values = attempts.map((attempt) => attempt[index]!);
          return values.find((value) => Math.abs(value) <= 2)!;
        });
        expect(truncatedNormal(source, 40)).toEqual(expected);
      }),
    );
  });

  test('stays within two deviations of the mean', () => {
    const values = truncatedNormal(key, 10_000, { mean: 10, standardDeviation: 3 });
    expect(Math.min(...values)).toBeGreaterThanOrEqual(4);
    expect(Math.max(...values)).toBeLessThanOrEqual(16);
  });

  test.each(invalid)('refuses %o', (options) => {
    expect(() => truncatedNormal(key, 1, options)).toThrow(failure('INVALID_PARAMETER'));
  });
});
