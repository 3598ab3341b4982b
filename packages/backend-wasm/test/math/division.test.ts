import { scalarFunction } from '@gradus/core/backend';
import { expect, it } from 'vitest';
import { divisions } from '../../src/math/index.js';
import { spread } from '../support/float32.js';
import { compile } from '../support/vector-function.js';

const special = [0, -0, 1, -1, 3, -3, 0.1, -7.5, 2 ** -149, 2 ** -126, 3e38, -3e38];
const numbers = [...special, 16777213, 1e10, Infinity, -Infinity, NaN, 2 ** 64 + 2 ** 41];

it.each(Object.keys(divisions) as (keyof typeof divisions)[])(
  '%s gives what core defines, to the last bit',
  (name) => {
    const exact = scalarFunction(name, 'float32');
    const pairs = numbers.flatMap((a) => numbers.map((b) => [a, b] as const));
    const some = spread(8000);
    const a = Float32Array.from([...pairs.map(([first]) => first), ...some]);
    const b = Float32Array.from([...pairs.map(([, second]) => second), ...some.reverse()]);
    const results = compile(divisions[name], false)(a, b);
    const wrong = [...results].flatMap((result, index) => {
      const expected = exact(a[index]!, b[index]!);
      return Object.is(result, expected) ? [] : [{ a: a[index], b: b[index], result, expected }];
    });
    expect(wrong).toEqual([]);
  },
);
