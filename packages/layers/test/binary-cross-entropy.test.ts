import { grad } from '@gradus/autograd';
import { ones, tensor, Variable, zeros, type DataType, type TensorLike } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { binaryCrossEntropyWithLogits, crossEntropy } from '../src/index.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';

useCpu();

const each = (logits: TensorLike, target: TensorLike, positiveWeight?: TensorLike) =>
  binaryCrossEntropyWithLogits(logits, target, { reduction: 'none', positiveWeight });

it('is the cross-entropy of two classes, one of which has the logit 0', async () => {
  const logits = [-3, -0.5, 0, 0.5, 3];
  const pairs = logits.map((logit) => [0, logit]);
  for (const label of [0, 1]) {
    const labels = logits.map(() => label);
    const expected = crossEntropy(pairs, labels, { reduction: 'none' });
    expectClose(await numbers(each(logits, labels)), await numbers(expected));
  }
});

it.each<DataType>(['bool', 'uint8', 'int32', 'float64'])('takes %s targets', async (dtype) => {
  const target = tensor([1, 0], { dtype });
  expectClose(await numbers(each([0, 0], target)), [Math.LN2, Math.LN2]);
});

it.each([1e4, -1e4, 3e38])('is exact for logits of %d', async (size) => {
  const logits = new Variable([size, size, size]);
  const loss = each(logits, [1, 0, 0.5]);
  const large = Math.fround(Math.abs(size));
  const expected = size > 0 ? [0, large, large / 2] : [large, 0, large / 2];
  expect((await numbers(loss)).map(Math.abs)).toEqual(expected);
  // σ(x) − y
  const gradient = size > 0 ? [0, 1, 0.5] : [-1, 0, -0.5];
  expectClose(await numbers(grad(loss.sum(), logits)), gradient);
});

it('is as accurate as float32 where it is almost 0', async () => {
  const small = Math.log1p(Math.exp(-20));
  for (const loss of [each([20], [1]), each([-20], [0])]) {
    expectClose(await numbers(loss), [small], 1e-6);
  }
});

it('is smooth at 0', async () => {
  const x = new Variable([0, 0]);
  const first = grad(each(x, [1, 0]).sum(), x);
  const second = grad(first.sum(), x);
  expect(await numbers(first)).toEqual([-0.5, 0.5]);
  expect(await numbers(second)).toEqual([0.25, 0.25]);
});

describe('positiveWeight', () => {
  it('multiplies what targets of 1 cost, for each output', async () => {
    const expected = [Math.LN2 * 3, Math.LN2 * 5, Math.LN2, Math.LN2];
    const target = [
      [1, 1],
      [0, 0],
    ];
    expectClose(await numbers(each(zeros([2, 2]), target, [3, 5])), expected);
    const expectedOnce = [3, 3, 1, 1].map((weight) => weight * Math.LN2);
    expectClose(await numbers(each(zeros([2, 2]), target, 3)), expectedOnce);
  });

  it.each([0, -1, NaN])('is not %d', (positiveWeight) => {
    const message = `binaryCrossEntropyWithLogits: positiveWeight must be a positive number, got ${positiveWeight}.`;
    expectError(() => each([0], [1], positiveWeight), 'ARGUMENT', message);
  });

  it.each([[[3]], [[2, 1, 2]], [[2, 3]]])('does not have the shape %j', (shape) => {
    const message = `positiveWeight must broadcast to the logits' shape [2, 2], got [${shape.join(', ')}].`;
    expectError(() => each(zeros([2, 2]), zeros([2, 2]), ones(shape)), 'SHAPE', message);
  });

  it('has the dtype of the logits', () => {
    const message =
      "positiveWeight must be float32 as the logits are, got int32; cast it: positiveWeight.cast('float32').";
    expectError(() => each([0], [1], ones([1], 'int32')), 'DTYPE', message);
  });
});
