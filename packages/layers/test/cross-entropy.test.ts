import { grad } from '@gradus/autograd';
import { softmax, tensor, Variable, zeros, type DataType } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { crossEntropy } from '../src/index.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';

useCpu();

const logits = tensor([
  [1, 2, 3],
  [0, 0, 0],
]);
const expected = [Math.log(Math.exp(-2) + Math.exp(-1) + 1), Math.log(3)];

it.each<DataType>(['uint8', 'int32', 'uint32'])('takes %s labels', async (dtype) => {
  const labels = tensor([2, 0], { dtype });
  expectClose(await numbers(crossEntropy(logits, labels, { reduction: 'none' })), expected);
});

it('takes a plain list of classes', async () => {
  expectClose(await numbers(crossEntropy(logits, [2, 0], { reduction: 'none' })), expected);
});

it('takes one-hot rows and probabilities', async () => {
  const oneHot = [
    [false, false, true],
    [true, false, false],
  ];
  expectClose(await numbers(crossEntropy(logits, oneHot, { reduction: 'none' })), expected);
  const [values, p] = [
    [1, 2, 3],
    [0.2, 0.3, 0.5],
  ];
  const total = Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));
  const mixed = p.reduce((sum, share, index) => sum - share * (values[index]! - total), 0);
  expectClose(await numbers(crossEntropy([values], [p])), [mixed]);
});

it('has the gradient softmax − probabilities', async () => {
  const input = new Variable([[1, -2, 0.5, 4]]);
  const probabilities = tensor([[0.1, 0.2, 0.3, 0.4]]);
  const gradient = grad(crossEntropy(input, probabilities), input);
  expectClose(await numbers(gradient), await numbers(softmax(input).sub(probabilities)));
});

it('takes examples along several axes, or none', async () => {
  const loss = crossEntropy(zeros([2, 3, 4]), zeros([2, 3], 'int32'), { reduction: 'none' });
  expect(loss.shape).toEqual([2, 3]);
  expectClose(await numbers(loss), new Array<number>(6).fill(Math.log(4)));
  const single = crossEntropy(zeros([4]), tensor(1, { dtype: 'int32' }));
  expectClose(await numbers(single), [Math.log(4)]);
});

it.each([1e4, -1e4, 3e38])('is exact for logits of magnitude %d', async (size) => {
  const input = new Variable([
    [size, 0],
    [size, 0],
  ]);
  const labels = tensor([0, 1], { dtype: 'int32' });
  const loss = crossEntropy(input, labels, { reduction: 'none' });
  const gradient = grad(loss.sum(), input);
  expect(await numbers(loss)).toEqual(size > 0 ? [0, Math.fround(size)] : [-size, 0]);
  expect((await numbers(gradient)).map(Math.abs)).toEqual(size > 0 ? [0, 0, 1, 1] : [1, 1, 0, 0]);
});

it('ignores classes that are masked with −∞', async () => {
  const input = new Variable([[0, -Infinity, 0]]);
  const byClass = crossEntropy(input, [2]);
  const byProbability = crossEntropy(input, [[0.5, 0, 0.5]]);
  for (const loss of [byClass, byProbability]) {
    const gradient = grad(loss, input);
    expectClose(await numbers(loss), [Math.LN2]);
    expect((await numbers(gradient)).every(Number.isFinite)).toBe(true);
  }
});

it('computes in float64 when the logits are', async () => {
  const loss = crossEntropy(tensor([[0, 0, 0]], { dtype: 'float64' }), [0]);
  expect(loss.dtype).toBe('float64');
  expect(await loss.item()).toBeCloseTo(Math.log(3), 14);
});

it.each([-1, 3, 2 ** 31 - 1])('is NaN for the label %d of three classes', async (label) => {
  const losses = crossEntropy(logits, tensor([label, 0], { dtype: 'int32' }), {
    reduction: 'none',
  });
  expectClose((await numbers(losses)).slice(1), [Math.log(3)]);
  expect((await numbers(losses))[0]).toBeNaN();
});

it('is NaN on the mean and 0 on the sum over no examples', async () => {
  const nothing = [zeros([0, 3]), zeros([0], 'int32')] as const;
  expect(await crossEntropy(...nothing).item()).toBeNaN();
  expect(await crossEntropy(...nothing, { reduction: 'sum' }).item()).toBe(0);
});

it('says which labels it takes', () => {
  const shapes = 'labels must be classes of shape [2] or probabilities of shape [2, 3], got [2, 1]';
  expectError(() => crossEntropy(logits, zeros([2, 1], 'int32')), 'SHAPE', shapes);
  const dtype = "must be integers, got float32; cast them: labels.cast('int32')";
  expectError(() => crossEntropy(logits, new Float32Array([0, 1])), 'DTYPE', dtype);
  expectError(() => crossEntropy(1, 0), 'SHAPE', 'logits need an axis of classes, got a scalar');
});

describe('label smoothing', () => {
  it('mixes the labels with the even distribution', async () => {
    const rows = tensor([
      [0.05, 0.9, 0.05],
      [0.9, 0.05, 0.05],
    ]);
    const smooth = crossEntropy(logits, [1, 0], { labelSmoothing: 0.15, reduction: 'none' });
    expectClose(
      await numbers(smooth),
      await numbers(crossEntropy(logits, rows, { reduction: 'none' })),
    );
  });

  it('of 0 is no smoothing', async () => {
    const [plain, smooth] = [undefined, 0].map((labelSmoothing) =>
      crossEntropy(logits, [1, 0], { labelSmoothing }),
    );
    expect(await smooth!.item()).toBe(await plain!.item());
  });

  it.each([1e4, -1e4])('neither overflows nor vanishes at logits of %d', async (size) => {
    const input = new Variable([[size, 0]]);
    const loss = crossEntropy(input, [0], { labelSmoothing: 0.1 });
    expectClose(await numbers(loss), [size > 0 ? 500 : 9500]);
    // softmax − (0.95, 0.05)
    const gradient = size > 0 ? [0.05, -0.05] : [-0.95, 0.95];
    expectClose(await numbers(grad(loss, input)), gradient);
  });

  it('leaves a label that names no class NaN', async () => {
    const loss = crossEntropy(logits, [3, 0], { labelSmoothing: 0.1, reduction: 'none' });
    expect((await numbers(loss)).map(Number.isNaN)).toEqual([true, false]);
  });

  it('leaves the labels something', () => {
    for (const labelSmoothing of [1, -0.1, NaN]) {
      const message = `crossEntropy: labelSmoothing must be in [0, 1), got ${labelSmoothing}.`;
      expectError(() => crossEntropy(logits, [0, 1], { labelSmoothing }), 'ARGUMENT', message);
    }
  });
});
