import { scalarFunction } from '@gradus/core/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { mathematics } from '../../src/math/index.js';
import { statedAccuracy } from '../support/accuracy-table.js';
import { enableRelaxedSimd } from '../support/features.js';
import { between, spread, ulpDistance } from '../support/float32.js';
import { compile } from '../support/vector-function.js';

type Name = keyof typeof mathematics;

/** Where a function is neither 0 nor as good as constant. */
const interesting: Readonly<Record<Name, readonly [least: number, greatest: number]>> = {
  exp: [-105, 90],
  expm1: [-20, 20],
  log: [0, 4],
  log1p: [-1, 4],
  tanh: [-10, 10],
  sigmoid: [-105, 20],
  erf: [-4.5, 4.5],
};

const names = Object.keys(mathematics) as Name[];
const stated = statedAccuracy();

beforeAll(enableRelaxedSimd);

it('is stated for every function, and 4 ulp at most', () => {
  expect([...stated.keys()].sort()).toEqual([...names].sort());
  for (const { plain, fused } of stated.values()) {
    expect(Math.max(plain, fused)).toBeLessThanOrEqual(4);
  }
});

describe.each([
  ['multiplying, then adding', 'plain'],
  ['fused', 'fused'],
] as const)('%s', (_description, variant) => {
  it.each(names)('%s is as accurate as the README states', (name) => {
    const apply = compile(mathematics[name], variant === 'fused');
    const exact = scalarFunction(name, 'float64');
    let worst = { distance: 0, x: 0, result: 0, exact: 0 };
    for (const numbers of [spread(20_000), between(...interesting[name], 10_000)]) {
      apply(numbers).forEach((result, index) => {
        const x = numbers[index]!;
        const distance = ulpDistance(result, exact(x));
        if (distance > worst.distance) worst = { distance, x, result, exact: exact(x) };
      });
    }
    expect(worst.distance, JSON.stringify(worst)).toBeLessThanOrEqual(stated.get(name)![variant]);
  });
});
