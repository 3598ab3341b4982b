import { describe, expect, it } from 'vitest';
import * as checks from '../src/arguments.js';
import {
  avgPool2d,
  conv2d,
  loadStateDictionary,
  logSumExp,
  maxPool2d,
  zeros,
} from '../src/index.js';

const misspelt = { strid: 2 } as never;

describe('options that there are not', () => {
  const [x, images] = [zeros([2]), zeros([1, 1, 4, 4])];
  const calls: Readonly<Record<string, () => unknown>> = {
    sum: () => x.sum(0, misspelt),
    max: () => x.max(0, misspelt),
    variance: () => x.variance(0, misspelt),
    standardDeviation: () => x.standardDeviation(0, misspelt),
    norm: () => x.norm(0, misspelt),
    logSumExp: () => logSumExp(x, 0, misspelt),
    conv2d: () => conv2d(images, images, misspelt),
    maxPool2d: () => maxPool2d(images, misspelt),
    avgPool2d: () => avgPool2d(images, misspelt),
    loadStateDictionary: () => loadStateDictionary({}, {}, misspelt),
  };
  it.each(Object.entries(calls))('of %s are refused', (name, call) => {
    expect(call).toThrow(new RegExp(`^${name}: unknown option 'strid'; there are `));
  });
});

it.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [NaN, 'NaN'],
  ['relu', "'relu'"],
  [[1, 2], 'an array'],
  [{}, 'an object'],
  [Object.create(null), 'an object'],
  [new Map(), 'a Map'],
  [() => 0, 'a function'],
])('shows %j as %s', (value, text) => {
  expect(checks.shown(value)).toBe(text);
});

it.each<[keyof typeof checks & `check${string}`, readonly unknown[], readonly unknown[]]>([
  ['checkPositiveInteger', [1, 7], [0, -1, 1.5, NaN, Infinity, '1', undefined]],
  ['checkPositive', [0.1, 7], [0, -1, NaN, Infinity, '1']],
  ['checkNonNegative', [0, 7], [-1, NaN, Infinity, null]],
  ['checkFraction', [0, 0.9], [1, -0.1, NaN, '0']],
  ['checkBoolean', [true, false], [0, 'true', undefined]],
])('%s', (name, fit, unfit) => {
  const check = checks[name] as (owner: string, name: string, value: unknown) => void;
  for (const value of fit) expect(() => check('Layer', 'size', value)).not.toThrow();
  for (const value of unfit) {
    expect(() => check('Layer', 'size', value)).toThrow(/^Layer: size must be .*, got .*\.$/);
  }
});

it('options must be an object', () => {
  for (const value of [1, null, [], 'options', undefined]) {
    expect(() => checks.checkOptionNames('Layer', value, ['size'])).toThrow(
      `Layer: expected an object of options ({ size }), got ${checks.shown(value)}.`,
    );
  }
  expect(() => checks.checkOptionNames('Layer', { size: 1 }, ['size', 'rate'])).not.toThrow();
});
