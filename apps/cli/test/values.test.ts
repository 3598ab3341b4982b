import { describe, expect, it } from 'vitest';
import { UsageError } from '../src/errors.js';
import { integer, oneOf, path, positiveNumber } from '../src/values.js';

describe('integer', () => {
  it('takes whole numbers from its minimum', () => {
    expect(integer('--steps', 1)('1')).toBe(1);
    expect(integer('--seed', 0)('0')).toBe(0);
    expect(integer('--seed', 0)('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER);
  });

  it.each(['', ' ', '-1', '0', '1.5', '1e3', 'nan', 'Infinity', '0x10', '12a', '9007199254740992'])(
    'rejects "%s", naming the option and what was given',
    (text) => {
      expect(() => integer('--steps', 1)(text)).toThrow(UsageError);
      expect(() => integer('--steps', 1)(text)).toThrow(
        `--steps must be a positive whole number (at most 2^53 - 1); got "${text}".`,
      );
    },
  );
});

describe('positiveNumber', () => {
  it.each([
    ['0.01', 0.01],
    ['1e-3', 1e-3],
    ['2', 2],
  ])('takes %s', (text, value) => {
    expect(positiveNumber('--learning-rate')(text)).toBe(value);
  });

  it.each(['', ' ', '0', '-0.1', 'nan', 'Infinity', '1e999', '0,1'])('rejects "%s"', (text) => {
    expect(() => positiveNumber('--learning-rate')(text)).toThrow(
      `--learning-rate must be a number above zero, such as 0.01; got "${text}".`,
    );
  });
});

it('an empty path is an error', () => {
  expect(path('--data-dir', 'directory')('.')).toBe('.');
  expect(() => path('--data-dir', 'directory')('')).toThrow(
    '--data-dir needs the path of a directory',
  );
  expect(() => path('--source', 'file')('')).toThrow('--source needs the path of a file');
});

describe('oneOf', () => {
  const parse = oneOf('model', ['softmax', 'mlp-relu', 'mlp-sigmoid']);

  it('takes a name of the list', () => expect(parse('mlp-relu')).toBe('mlp-relu'));

  it.each([
    ['mlp-rleu', 'mlp-relu'],
    ['soft-max', 'softmax'],
    ['mlpsigmoid', 'mlp-sigmoid'],
  ])('answers %s with the nearest name, and with all', (text, nearest) => {
    expect(() => parse(text)).toThrow(
      `Unknown model "${text}". Did you mean ${nearest}? Choose from: softmax, mlp-relu, mlp-sigmoid.`,
    );
  });

  it('suggests nothing where nothing is near', () => {
    expect(() => parse('transformer-xl')).toThrow(
      'Unknown model "transformer-xl". Choose from: softmax, mlp-relu, mlp-sigmoid.',
    );
  });

  it.each(['toString', '__proto__', ''])('does not take "%s" for a name', (text) => {
    expect(() => parse(text)).toThrow(UsageError);
  });
});
