import { scalarFunction } from '@gradus/core/backend';
import { describe, expect, it } from 'vitest';
import { mathematics } from '../../src/math/index.js';
import { between, largestError, spread } from '../support/float32.js';
import { compile } from '../support/vector-function.js';

type Name = Exclude<keyof typeof mathematics, 'pow'>;

const { pow, ...unary } = mathematics;

/** The results for four numbers. */
function apply(name: Name, numbers: readonly number[]): number[] {
  return [...compile(unary[name], false)(Float32Array.from(numbers))];
}

describe('zeros, infinities and NaN', () => {
  it.each(Object.keys(unary) as Name[])('%s is exact at them', (name) => {
    const exact = scalarFunction(name, 'float32');
    const zeros = [0, -0, 0, -0];
    expect(apply(name, zeros)).toEqual(zeros.map((x) => exact(x)));
    const others = [Infinity, -Infinity, NaN, 1];
    expect(apply(name, others).slice(0, 3)).toEqual(others.slice(0, 3).map((x) => exact(x)));
  });
});

describe('the ends of domains and ranges', () => {
  const tiny = 2 ** -149;
  it.each<[Name, number[], number[]]>([
    ['exp', [-104, -1e30, 88.73, 1e30], [0, 0, Infinity, Infinity]],
    ['expm1', [-18, -1e30, 88.73, 1e30], [-1, -1, Infinity, Infinity]],
    ['log', [tiny, 1, -tiny, -1e30], [Math.fround(-149 * Math.LN2), 0, NaN, NaN]],
    ['log1p', [-1, -1.0000002, -1e30, tiny], [-Infinity, NaN, NaN, tiny]],
    ['tanh', [-10, 10, 1e30, tiny], [-1, 1, 1, tiny]],
    ['sigmoid', [-104, -1e30, 20, 1e30], [0, 0, 1, 1]],
    ['erf', [-4, 4, 1e30, -1e30], [-1, 1, 1, -1]],
  ])('%s of %j', (name, numbers, expected) => {
    expect(apply(name, numbers)).toEqual(expected);
  });
});

describe('bounds', () => {
  it.each<[Name, number, number]>([
    ['tanh', -1, 1],
    ['sigmoid', 0, 1],
    ['erf', -1, 1],
    ['sin', -1, 1],
    ['cos', -1, 1],
    ['exp', 0, Infinity],
  ])('%s stays within %d and %d', (name, least, greatest) => {
    const results = compile(unary[name], false)(spread(20_000));
    expect(results.every((result) => !(result < least || result > greatest))).toBe(true);
  });
});

describe('pow', () => {
  const magnitudes = [0, 2 ** -149, 0.5, 1, 1.5, 2, 3, 2 ** 24 - 1, 2 ** 24 + 2, 1e30, Infinity];
  const numbers = [...magnitudes, ...magnitudes.map((x) => -x), NaN, 0.1];

  it.each(numbers)('%d to every exponent is as IEEE 754 has it', (base) => {
    const bases = new Float32Array(numbers.length).fill(base);
    const exponents = Float32Array.from(numbers);
    const results = compile(pow, false)(bases, exponents);
    const worst = largestError(results, scalarFunction('pow', 'float64'), bases, exponents);
    expect(worst.ulp, JSON.stringify(worst)).toBeLessThanOrEqual(0.6);
  });

  it('gives what float32 can hold exactly', () => {
    const numbers = spread(10_000).map(Math.abs);
    expect(compile(pow, false)(numbers, new Float32Array(10_000).fill(1))).toEqual(numbers);
  });

  it('gives the squares and cubes of integers exactly', () => {
    const integers = between(0, 255, 256);
    const squares = compile(pow, false)(integers, new Float32Array(256).fill(2));
    expect([...squares]).toEqual([...integers].map((x) => x ** 2));
    const cubes = compile(pow, false)(integers, new Float32Array(256).fill(3));
    expect([...cubes]).toEqual([...integers].map((x) => x ** 3));
  });
});
