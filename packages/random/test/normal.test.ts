import { describe, expect, test } from 'vitest';
import { normal, randomKey, truncatedNormal, uniform } from '../src/index.js';
import { truncatedQuantile } from '../src/truncated-normal.js';
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

/** 2/√π ∫₀ˣ e^(−t²) dt by its Maclaurin series. */
function errorFunction(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 60; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

describe('truncatedNormal', () => {
  test('is the quantile of a uniform draw', () => {
    const units = uniform(key, 500);
    truncatedNormal(key, 500).forEach((value, index) => {
      const place = (units[index]! + 2 ** -25) * 2 - 1;
      expect(errorFunction(value / Math.SQRT2) / errorFunction(Math.SQRT2)).toBeCloseTo(place, 6);
    });
  });

  test('has tails that are alike and end at two deviations', () => {
    const largest = 1 - 2 ** -24;
    expect(truncatedQuantile(largest)).toBe(-truncatedQuantile(0));
    expect(truncatedQuantile(largest)).toBeLessThan(2);
    expect(truncatedQuantile(largest)).toBeGreaterThan(1.999999);
    expect(truncatedQuantile(0.5)).toBe(-truncatedQuantile(0.5 - 2 ** -24));
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
