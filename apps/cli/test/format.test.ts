import { expect, it } from 'vitest';
import * as format from '../src/display/format.js';

it.each([
  [0, '0.0 s'],
  [4.94, '4.9 s'],
  [59.94, '59.9 s'],
  [59.96, '1:00'],
  [65, '1:05'],
  [3599.6, '1:00:00'],
  [7325, '2:02:05'],
  [undefined, '–'],
])('a duration of %s seconds is %s', (seconds, text) => {
  expect(format.duration(seconds)).toBe(text);
});

it.each([
  [0.03104, '0.0310'],
  [2.302585, '2.3026'],
  [12345, '1.23e+4'],
  [NaN, 'NaN'],
  [Infinity, 'Infinity'],
  [undefined, '–'],
])('a loss of %s is %s', (value, text) => {
  expect(format.loss(value)).toBe(text);
});

it('other numbers', () => {
  expect(format.count(1234567)).toBe('1,234,567');
  expect(format.percent(0.97451)).toBe('97.45%');
  expect(format.percent(undefined)).toBe('–');
  expect(format.milliseconds(2.3149)).toBe('2.31 ms');
  expect(format.milliseconds(231.49)).toBe('231 ms');
  expect(format.megabytes(9_912_422)).toBe('9.9 MB');
  expect(format.counted(1, 'thread')).toBe('1 thread');
  expect(format.counted(2000, 'step')).toBe('2,000 steps');
});

it('a table keeps its columns below each other', () => {
  expect(format.table([])).toEqual([]);
  expect(
    format.table([
      ['a', 'bcd', 'e'],
      ['fgh', 'i', ''],
    ]),
  ).toEqual(['a     bcd   e', 'fgh   i']);
});
