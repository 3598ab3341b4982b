import { grad } from '@gradus/autograd';
import { tensor, Variable, zeros, type DataType } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { hinge, multiClassHinge } from '../src/index.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';

useCpu();

describe('hinge', () => {
  it('costs what an answer lacks to the margin', async () => {
    const scores = [2, 1, 0.5, 0, -3];
    const losses = (sign: number, margin?: number) => {
      const target = scores.map(() => sign);
      return numbers(hinge(scores, target, { margin, reduction: 'none' }));
    };
    expect(await losses(1)).toEqual([0, 0, 0.5, 1, 4]);
    expect(await losses(-1)).toEqual([3, 2, 1.5, 1, 0]);
    expect(await losses(1, 2)).toEqual([0, 1, 1.5, 2, 5]);
  });

  it('leaves alone what is right by the margin', async () => {
    const scores = new Variable([2, 1, 0.5, -3]);
    const loss = hinge(scores, [1, 1, 1, 1], { reduction: 'sum' });
    expectClose(await numbers(grad(loss, scores)), [0, 0, -1, -1]);
  });

  it('takes int32 targets', async () => {
    expect(await hinge([0.5, 0.5], tensor([1, -1], { dtype: 'int32' })).item()).toBe(1);
  });

  it.each<DataType>(['bool', 'uint8', 'uint32'])(
    'refuses %s targets, which hold no −1',
    (dtype) => {
      const message = `hinge: target must be −1 or 1, got ${dtype}; of labels 0 and 1, pass labels.cast('float32').mul(2).sub(1).`;
      expectError(() => hinge([0, 0], zeros([2], dtype)), 'DTYPE', message);
    },
  );

  it('is NaN for a target that is neither −1 nor 1', async () => {
    const losses = hinge([2, 2, 2, 2], [0, 1, 0.5, NaN], { reduction: 'none' });
    expect((await numbers(losses)).map(Number.isNaN)).toEqual([true, false, true, true]);
  });

  it.each([1e4, -1e4])('is exact for scores of %d', async (size) => {
    const losses = await numbers(hinge([size, size], [1, -1], { reduction: 'none' }));
    expect(losses).toEqual(size > 0 ? [0, 10_001] : [10_001, 0]);
  });
});

describe('multiClassHinge', () => {
  const scores = tensor([
    [3, 1, 2.5],
    [0, 0, 0],
  ]);

  it('costs what the right score lacks to exceed the others by the margin', async () => {
    const losses = async (labels: number[], margin?: number) =>
      (await numbers(multiClassHinge(scores, labels, { margin, reduction: 'none' }))).map(
        (loss) => Math.round(loss * 3000) / 1000,
      );
    expect(await losses([0, 1])).toEqual([0.5, 2]);
    expect(await losses([1, 2])).toEqual([3 + 2.5, 2]);
    expect(await losses([0, 0], 2)).toEqual([1.5, 4]);
  });

  it('takes examples along several axes, or none', async () => {
    const many = multiClassHinge(zeros([2, 3, 4]), zeros([2, 3], 'int32'), { reduction: 'none' });
    expect(await numbers(many)).toEqual([0.75, 0.75, 0.75, 0.75, 0.75, 0.75]);
    expect(await multiClassHinge(zeros([4]), tensor(1, { dtype: 'int32' })).item()).toBe(0.75);
  });

  it.each([-1, 3, 2 ** 31 - 1])('is NaN for the label %d of three classes', async (label) => {
    const losses = await numbers(multiClassHinge(scores, [label, 0], { reduction: 'none' }));
    expect(losses.map(Number.isNaN)).toEqual([true, false]);
  });

  it.each([1e4, -1e4])('is exact for scores of %d', async (size) => {
    const loss = multiClassHinge([[size, 0]], [0]);
    expect(await loss.item()).toBe(size > 0 ? 0 : 5000.5);
  });

  it('takes classes only', () => {
    const shapes =
      'multiClassHinge: for logits of shape [2, 3], labels must be classes of shape [2], got [2, 3].';
    expectError(() => multiClassHinge(scores, zeros([2, 3])), 'SHAPE', shapes);
    const dtype =
      /^multiClassHinge: labels of shape \[2\] name classes and must be integers, got float32/;
    expectError(() => multiClassHinge(scores, zeros([2])), 'DTYPE', dtype);
    const empty = 'multiClassHinge: logits need an axis of classes, got [2, 0].';
    expectError(() => multiClassHinge(zeros([2, 0]), zeros([2], 'int32')), 'SHAPE', empty);
  });
});

it.each([0, -1, NaN, Infinity])('there is no margin of %d', (margin) => {
  const message = (loss: string) => `${loss}: margin must be a positive number, got ${margin}.`;
  expectError(() => hinge([1], [1], { margin }), 'ARGUMENT', message('hinge'));
  const run = () => multiClassHinge([[1]], [0], { margin });
  expectError(run, 'ARGUMENT', message('multiClassHinge'));
});
