import { grad } from '@gradus/autograd';
import { goldenFile } from '@gradus/conformance';
import { ones, tensor, Variable, zeros, type DataType, type Tensor } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import * as layers from '../src/index.js';
import type { LossOptions, Reduction } from '../src/index.js';
import golden from './fixtures/losses.json' with { type: 'json' };
import { expectClose, expectError, numbers, useCpu } from './support.js';

useCpu();

type Loss = (prediction: Tensor, target: Tensor, options?: LossOptions) => Tensor;

/** Each loss with the shape and dtype of the targets it takes for predictions `[batch, 4]`. */
const losses = {
  binaryCrossEntropyWithLogits: { target: [4], dtype: 'float32', first: 'logits' },
  crossEntropy: { target: [], dtype: 'int32', first: 'logits' },
  hinge: { target: [4], dtype: 'float32', first: 'scores' },
  huber: { target: [4], dtype: 'float32', first: 'prediction' },
  meanAbsoluteError: { target: [4], dtype: 'float32', first: 'prediction' },
  meanSquaredError: { target: [4], dtype: 'float32', first: 'prediction' },
  multiClassHinge: { target: [], dtype: 'int32', first: 'scores' },
} as const;

type LossName = keyof typeof losses;

const lossOf = (name: string): Loss => layers[name as LossName];

interface GoldenTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

async function expectAgreement(
  loss: Loss,
  [prediction, target]: readonly [GoldenTensor, GoldenTensor],
  options: object,
  expected: { readonly loss: GoldenTensor; readonly gradient: GoldenTensor },
): Promise<void> {
  const input = new Variable(tensor(prediction.data, prediction));
  const dtype = target.shape.length < prediction.shape.length ? 'int32' : 'float32';
  const wanted = tensor(target.data, { shape: target.shape, dtype });
  const result = loss(input.value, wanted, options);
  expect(result.shape).toEqual(expected.loss.shape);
  expectClose(await numbers(result), expected.loss.data);
  expectClose(await numbers(grad(result.sum(), input)), expected.gradient.data);
}

describe('agrees with PyTorch:', async () => {
  const names: Readonly<Record<string, LossName>> = {
    crossEntropy: 'crossEntropy',
    mse: 'meanSquaredError',
    bceWithLogits: 'binaryCrossEntropyWithLogits',
  };
  const { cases } = await goldenFile('losses');

  it.each(cases)('$name', async ({ name, config, inputs, outputs }) => {
    const loss = lossOf(names[name.split('-')[0]!]!);
    const [prediction, target] = Object.values(inputs);
    const [value, gradient] = Object.values(outputs);
    await expectAgreement(loss, [prediction!, target!], config, {
      loss: value!,
      gradient: gradient!,
    });
  });

  it.each(golden.cases)('$name', async ({ loss, prediction, target, options, outputs }) => {
    await expectAgreement(lossOf(loss), [prediction, target], options, outputs);
  });
});

describe.each(Object.entries(losses))('%s', (name, { target, dtype, first }) => {
  const loss = lossOf(name);
  const targets = (batch: number): Tensor => ones([batch, ...target], dtype);
  const [prediction, wanted] = [zeros([2, 4]), targets(2)];

  it('has the mean, the sum or all of the losses', async () => {
    const all = await numbers(loss(prediction, wanted, { reduction: 'none' }));
    const sum = all.reduce((total, each) => total + each, 0);
    expect(loss(prediction, wanted, { reduction: 'none' }).shape).toEqual(wanted.shape);
    expectClose(await numbers(loss(prediction, wanted, { reduction: 'sum' })), [sum]);
    expectClose(await numbers(loss(prediction, wanted)), [sum / all.length]);
  });

  it('is NaN on the mean and 0 on the sum over no examples', async () => {
    const nothing = [zeros([0, 4]), targets(0)] as const;
    expect(await loss(...nothing).item()).toBeNaN();
    expect(await loss(...nothing, { reduction: 'sum' }).item()).toBe(0);
    const input = new Variable(nothing[0]);
    const total = loss(input.value, nothing[1], { reduction: 'sum' });
    expect(grad(total, input).shape).toEqual([0, 4]);
  });

  it('computes in float64 when the predictions are', () => {
    const precise = zeros([2, 4], 'float64');
    const fitting = dtype === 'int32' ? wanted : wanted.cast('float64');
    expect(loss(precise, fitting).dtype).toBe('float64');
  });

  it('is NaN where a prediction is', async () => {
    const rows = tensor([
      [NaN, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    const all = await numbers(loss(rows, wanted, { reduction: 'none' }));
    expect(all[0]).toBeNaN();
    expect(all.at(-1)).not.toBeNaN();
  });

  it('says which shapes it takes', () => {
    const wrong = zeros([2, ...target, 1], dtype);
    const message = new RegExp(`^${name}: .*\\[2(, 4)?\\].* \\[2, (4, )?1\\]`);
    expectError(() => loss(prediction, wrong), 'SHAPE', message);
  });

  it('wants predictions to be floating-point', () => {
    const message = `${name}: ${first} must be floating-point, got int32; cast first: ${first}.cast('float32').`;
    expectError(() => loss(zeros([2, 4], 'int32'), wanted), 'DTYPE', message);
  });

  it('names the reductions and options there are', () => {
    const average = { reduction: 'average' as Reduction };
    const reductions = `${name}: reduction must be 'mean', 'sum' or 'none', got 'average'.`;
    expectError(() => loss(prediction, wanted, average), 'ARGUMENT', reductions);
    const misspelt = { reductoin: 'sum' } as LossOptions;
    const unknown = `${name}: unknown option 'reductoin'; there are reduction`;
    expectError(() => loss(prediction, wanted, misspelt), 'ARGUMENT', unknown);
  });
});

it('options are checked by the compiler', () => {
  const [x, y] = [zeros([2, 3]), zeros([2, 3])];
  const unknown = [
    // @ts-expect-error: an option of another loss
    () => layers.crossEntropy(x, y, { delta: 1 }),
    // @ts-expect-error: Keras's name
    () => layers.crossEntropy(x, y, { label_smoothing: 0.1 }),
    // @ts-expect-error: PyTorch's name
    () => layers.binaryCrossEntropyWithLogits(x, y, { posWeight: 2 }),
    // @ts-expect-error: an option of another loss
    () => layers.huber(x, y, { margin: 1 }),
    // @ts-expect-error: the mean of squares has no options but the reduction
    () => layers.meanSquaredError(x, y, { delta: 1 }),
    // @ts-expect-error: nor has that of distances
    () => layers.meanAbsoluteError(x, y, { delta: 1 }),
    // @ts-expect-error: a threshold is a margin
    () => layers.hinge(x, y, { threshold: 1 }),
    // @ts-expect-error: the exponent is 1
    () => layers.multiClassHinge(x, y, { power: 2 }),
    // @ts-expect-error: a misspelt name
    () => layers.l1Penalty({}, 1, { matches: () => true }),
    // @ts-expect-error: none of the reductions
    () => layers.huber(x, y, { reduction: 'average' }),
  ];
  expect(unknown.length).toBe(10);
  for (const call of unknown) expect(call).toThrow();
});

it.each<[LossName, DataType]>([
  ['huber', 'int32'],
  ['meanAbsoluteError', 'uint8'],
  ['meanSquaredError', 'float64'],
])('%s does not mix dtypes', (name, dtype) => {
  const message = `${name}: target must be float32 as prediction is, got ${dtype}; cast it: target.cast('float32').`;
  expectError(() => lossOf(name)(zeros([2]), zeros([2], dtype)), 'DTYPE', message);
});
