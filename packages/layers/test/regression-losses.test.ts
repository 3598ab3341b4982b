import { grad } from '@gradus/autograd';
import { tensor, Variable, zeros, type Tensor } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { huber, meanAbsoluteError, meanSquaredError, type LossOptions } from '../src/index.js';
import { expectError, numbers, useCpu } from './support.js';

useCpu();

const prediction = tensor([
  [1, 2],
  [3, 4],
]);
const target = tensor([
  [1, 0],
  [0, 4.5],
]);

it.each<[string, (prediction: Tensor, target: Tensor, options: LossOptions) => Tensor, number[]]>([
  ['meanSquaredError', meanSquaredError, [0, 4, 9, 0.25]],
  ['meanAbsoluteError', meanAbsoluteError, [0, 2, 3, 0.5]],
  ['huber', huber, [0, 1.5, 2.5, 0.125]],
])('%s of each element', async (_, loss, expected) => {
  expect(await numbers(loss(prediction, target, { reduction: 'none' }))).toEqual(expected);
});

it('takes plain numbers, and values of any typed array', async () => {
  expect(await meanAbsoluteError([1, 2], [0, 4]).item()).toBe(1.5);
  expect(await meanAbsoluteError([1, 2], new Uint8Array([0, 4])).item()).toBe(1.5);
});

it('does not broadcast, and says how to', () => {
  const message =
    'huber: prediction and target must have the same shape, got [3] and [3, 1]; ' +
    'reshape one: target.reshape([3]).';
  expectError(() => huber(zeros([3]), zeros([3, 1])), 'SHAPE', message);
  expectError(() => huber(zeros([3]), zeros([2])), 'SHAPE', 'got [3] and [2].');
  expectError(() => meanSquaredError(zeros([3]), 0), 'SHAPE', 'got [3] and [].');
});

describe('huber', () => {
  it('grows linearly from delta on', async () => {
    const errors = [-20, -2, -1, 0, 1, 2, 20];
    const losses = huber(errors, zeros([7]), { delta: 2, reduction: 'none' });
    expect(await numbers(losses)).toEqual([38, 2, 0.5, 0, 0.5, 2, 38]);
  });

  it('has the error as its gradient, held to delta', async () => {
    const errors = new Variable([-20, -2, -1, 0, 1, 2, 20]);
    const loss = huber(errors, zeros([7]), { delta: 2, reduction: 'sum' });
    expect(await numbers(grad(loss, errors))).toEqual([-2, -2, -1, 0, 1, 2, 2]);
  });

  it('does not overflow where a square would', async () => {
    const size = Math.fround(1e30);
    const errors = new Variable([size, -size, Infinity, -Infinity]);
    const loss = huber(errors, zeros([4]), { reduction: 'none' });
    expect(await numbers(loss)).toEqual([size, size, Infinity, Infinity]);
    expect(await numbers(grad(loss.sum(), errors))).toEqual([1, -1, 1, -1]);
  });

  it('is smooth at 0', async () => {
    const errors = new Variable([0]);
    const gradient = grad(huber(errors, [0]), errors);
    expect(await numbers(grad(gradient.sum(), errors))).toEqual([1]);
  });

  it.each([0, -1, NaN, Infinity, '1'])('has no delta of %s', (delta) => {
    const shown = typeof delta === 'string' ? `'${delta}'` : String(delta);
    const run = () => huber([1], [1], { delta: delta as number });
    expectError(run, 'ARGUMENT', `huber: delta must be a positive number, got ${shown}.`);
  });
});

it('an error of 0 pulls in no direction', async () => {
  const equal = new Variable([0, 0]);
  const loss = meanAbsoluteError(equal, zeros([2]), { reduction: 'sum' });
  expect(await numbers(grad(loss, equal))).toEqual([0, 0]);
});
