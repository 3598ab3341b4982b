import { expect, it } from 'vitest';
import { comparison } from '../src/contest/table.js';

const rows = [
  {
    name: 'lenet',
    cells: [
      { median: 200, best: 99.95, failure: undefined },
      { median: 1711, best: 1599.5, failure: undefined },
      { median: NaN, best: NaN, failure: 'no answer within 60 seconds' },
    ],
  },
];
const names = ['gradus', 'jax-js', 'tensorflow'];

it('a table has medians, the best, and ratios to the first contestant', () => {
  expect(comparison(names, rows, false).split('\n')).toEqual([
    '| case | gradus | jax-js | tensorflow | jax-js / gradus | tensorflow / gradus |',
    '| --- | --- | --- | --- | --- | --- |',
    '| lenet | 200 ms (100) | 1711 ms (1600) | no answer within 60 seconds | 8.55 | – |',
  ]);
});

it('ratios may be those of the best', () => {
  expect(comparison(names, rows, true)).toContain('| 16.0 | – |');
});
