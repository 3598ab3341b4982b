import { scalarFunction } from '@gradus/core/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { mathematics } from '../../src/math/index.js';
import { statedAccuracy } from '../support/accuracy-table.js';
import { enableRelaxedSimd } from '../support/features.js';
import { between, largestError, spread } from '../support/float32.js';
import { compile } from '../support/vector-function.js';

type Unary = Exclude<keyof typeof mathematics, 'pow'>;

/** Where a function is neither 0 nor as good as constant. */
const interesting: Readonly<Record<Unary, readonly [least: number, greatest: number]>> = {
  exp: [-105, 90],
  expm1: [-20, 20],
  log: [0, 4],
  log1p: [-1, 4],
  tanh: [-10, 10],
  sigmoid: [-105, 20],
  erf: [-4.5, 4.5],
  sin: [-100, 100],
  cos: [-100, 100],
};

/** The largest magnitude for which accuracy is stated, if there is one. */
const limits: Readonly<Partial<Record<Unary, number>>> = { sin: 2 ** 29, cos: 2 ** 29 };

const stated = statedAccuracy();

beforeAll(enableRelaxedSimd);

it('is stated for every function, and 4 ulp at most', () => {
  expect([...stated.keys()].sort()).toEqual(Object.keys(mathematics).sort());
  for (const { plain, fused } of stated.values()) {
    expect(Math.max(plain, fused)).toBeLessThanOrEqual(4);
  }
});

describe.each(['plain', 'fused'] as const)('%s multiply-add', (variant) => {
  it.each(Object.keys(interesting) as Unary[])('%s is as accurate as the README states', (name) => {
    const limit = limits[name] ?? Infinity;
    const numbers = [...spread(20_000), ...between(...interesting[name], 10_000)];
    const operand = Float32Array.from(numbers, (x) => (Math.abs(x) > limit ? 0 : x));
    const results = compile(mathematics[name], variant === 'fused')(operand);
    const worst = largestError(results, scalarFunction(name, 'float64'), operand);
    expect(worst.ulp, JSON.stringify(worst)).toBeLessThanOrEqual(stated.get(name)![variant]);
  });

  it('pow is as accurate as the README states', () => {
    const bases = spread(40_000).map((base, index) => (index % 2 === 0 ? Math.abs(base) : base));
    // For logarithms of results from below the smallest to beyond the largest number.
    const exponents = between(-151, 129, bases.length).map((logarithm, index) => {
      const exponent = logarithm / Math.log2(Math.abs(bases[index]!));
      return index % 2 === 0 ? exponent : Math.round(exponent);
    });
    const results = compile(mathematics.pow, variant === 'fused')(bases, exponents);
    const worst = largestError(results, scalarFunction('pow', 'float64'), bases, exponents);
    expect(worst.ulp, JSON.stringify(worst)).toBeLessThanOrEqual(stated.get('pow')![variant]);
  });
});
