import { describe, expect, it } from 'vitest';
import { checkRejects, checkValues, type Values } from '../src/assertions.js';
import { composed, exact, golden, nearlyExact, ofSum, type Tolerance } from '../src/tolerances.js';

const values = (data: readonly number[], rest: Partial<Values> = {}): Values => ({
  dtype: 'float32',
  shape: [data.length],
  data,
  ...rest,
});

const accepts = (
  got: number,
  expected: number,
  tolerance: Tolerance,
  others: number[] = [],
): boolean => {
  try {
    checkValues('x', values([got, ...others]), values([expected, ...others]), tolerance);
    return true;
  } catch {
    return false;
  }
};

describe('checkValues', () => {
  it('names the check, the element, both numbers and how many are wrong', () => {
    const shape = [2, 2];
    const check = (): void =>
      checkValues('add', values([1, 2, 3, 5], { shape }), values([1, 2, 3, 4], { shape }));
    expect(check).toThrow(
      'add: float32 [2, 2]: element [1, 1] is 5, expected 4 (off by 1.00, allowed 0.00); 1 of 4 are wrong.',
    );
  });
  it('compares shapes and dtypes', () => {
    const expected = values([1, 2]);
    expect(() => checkValues('x', values([1, 2], { shape: [2, 1] }), expected)).toThrow(
      'x: float32 [2] was expected, got float32 [2, 1].',
    );
    expect(() => checkValues('x', values([1, 2], { dtype: 'int32' }), expected)).toThrow(
      'got int32 [2]',
    );
    expect(() => checkValues('x', values([1], { shape: [2] }), expected)).toThrow(
      'has 2 elements, got 1',
    );
  });
  it('knows NaN, infinities and zeros', () => {
    expect(accepts(NaN, NaN, exact)).toBe(true);
    expect(accepts(0, NaN, composed)).toBe(false);
    expect(accepts(NaN, 0, composed, [1e30])).toBe(false);
    expect(accepts(Infinity, Infinity, exact)).toBe(true);
    expect(accepts(1e38, Infinity, nearlyExact)).toBe(false);
    expect(accepts(Infinity, 1e38, composed)).toBe(false);
    expect(accepts(-Infinity, Infinity, composed)).toBe(false);
    expect(accepts(-0, 0, exact)).toBe(true);
  });
  it('allows what the tolerance says', () => {
    const unit = 2 ** -24;
    expect(accepts(1 + 2 * unit, 1, exact)).toBe(false);
    expect(accepts(1 + 5 * unit, 1, nearlyExact)).toBe(true);
    expect(accepts(1 + 6 * unit, 1, nearlyExact)).toBe(false);
    expect(accepts(0.001, 0, golden, [1000])).toBe(true);
    expect(accepts(0.02, 0, golden, [1000])).toBe(false);
    expect(accepts(1 + 39 * unit, 1, ofSum(100))).toBe(true);
    expect(accepts(1 + 42 * unit, 1, ofSum(100))).toBe(false);
  });
  it('wants integers exact whatever the tolerance', () => {
    const integer = (value: number): Values => values([value], { dtype: 'int32' });
    expect(() => checkValues('x', integer(1_000_001), integer(1_000_000), composed)).toThrow(
      'is 1000001',
    );
  });
});

describe('checkRejects', () => {
  it('wants an error of one code', async () => {
    const coded = Object.assign(new Error('gone'), { code: 'GONE' });
    await checkRejects('x', 'GONE', () => Promise.reject(coded));
    await expect(checkRejects('x', 'OTHER', () => Promise.reject(coded))).rejects.toThrow(
      'expected an error of code OTHER, got Error: gone',
    );
    await expect(checkRejects('x', 'GONE', () => 1)).rejects.toThrow('but it succeeded');
  });
});
