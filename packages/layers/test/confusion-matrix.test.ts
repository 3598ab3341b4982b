import { tensor, zeros, type Tensor } from '@gradus/core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfusionMatrix } from '../src/index.js';
import { expectError, useCpu } from './support.js';

useCpu();

const int32 = (values: number[]): Tensor =>
  tensor(values, { shape: [values.length], dtype: 'int32' });

/** One-hot logits of answers. */
const logitsOf = (answers: number[], classes: number): Tensor =>
  tensor(
    answers.flatMap((answer) => Array.from({ length: classes }, (_, c) => Number(c === answer))),
    { shape: [answers.length, classes] },
  );

/** Four cats of which one is taken for a dog, two dogs taken for a cat and a dog, no bird. */
async function animals(): Promise<ConfusionMatrix> {
  const matrix = new ConfusionMatrix(['cat', 'dog', 'bird']);
  matrix.update(logitsOf([0, 0, 1], 3), [0, 0, 0]);
  matrix.update(logitsOf([0, 0, 1], 3), [0, 1, 1]);
  return matrix;
}

it('counts answers by labels, over batches of any sizes', async () => {
  const example = fc.record({ label: fc.nat({ max: 2 }), answer: fc.nat({ max: 2 }) });
  const batches = fc.array(fc.array(example, { maxLength: 6 }), { maxLength: 4 });
  const matrix = new ConfusionMatrix(3);
  await fc.assert(
    fc.asyncProperty(batches, async (lists) => {
      matrix.reset();
      const expected = [0, 1, 2].map(() => [0, 0, 0]);
      for (const list of lists) {
        const labels = list.map(({ label }) => label);
        matrix.update(
          logitsOf(
            list.map(({ answer }) => answer),
            3,
          ),
          int32(labels),
        );
        for (const { label, answer } of list) expected[label]![answer]!++;
      }
      expect((await matrix.result()).counts).toEqual(expected);
    }),
    { seed: 20_261_124, numRuns: 25 },
  );
});

it('leaves out labels that name no class, and says how many', async () => {
  const matrix = new ConfusionMatrix(2);
  matrix.update(logitsOf([0, 1, 1, 1], 2), [0, 2, -1, 2 ** 31 - 1]);
  const { counts, unknown, accuracy } = await matrix.result();
  expect(counts).toEqual([
    [1, 0],
    [0, 0],
  ]);
  expect([unknown, accuracy]).toEqual([3, 1]);
});

it('takes examples along several axes, and probabilities as labels', async () => {
  const matrix = new ConfusionMatrix(2);
  matrix.update(zeros([2, 3, 2]), zeros([2, 3], 'uint8'));
  matrix.update(logitsOf([1], 2), [[0.2, 0.8]]);
  expect((await matrix.result()).counts).toEqual([
    [6, 0],
    [0, 1],
  ]);
});

describe('figures', () => {
  it('are those of each class', async () => {
    const { accuracy, precision, recall, f1 } = await (await animals()).result();
    expect(accuracy).toBe(4 / 6);
    expect(precision).toEqual([3 / 4, 1 / 2, NaN]);
    expect(recall).toEqual([3 / 4, 1 / 2, NaN]);
    expect(f1).toEqual([3 / 4, 1 / 2, NaN]);
  });

  it('differ where answers and labels do', async () => {
    const matrix = new ConfusionMatrix(2);
    matrix.update(logitsOf([0, 0, 0, 1], 2), [0, 1, 1, 1]);
    const { precision, recall, f1 } = await matrix.result();
    expect(precision).toEqual([1 / 3, 1]);
    expect(recall).toEqual([1, 1 / 3]);
    expect(f1).toEqual([0.5, 0.5]);
  });

  it('are 0 for a class that is never recognised, and NaN for nothing', async () => {
    const matrix = new ConfusionMatrix(2);
    expect((await matrix.result()).accuracy).toBeNaN();
    matrix.update(logitsOf([1], 2), [0]);
    const { f1, recall } = await matrix.result();
    expect(f1).toEqual([0, 0]);
    expect(recall).toEqual([0, NaN]);
  });
});

describe('toString', () => {
  it('is a table', async () => {
    expect(String(await (await animals()).result())).toBe(
      [
        'label        cat    dog  bird  recall',
        '─────────  ─────  ─────  ────  ──────',
        'cat            3      1     0   75.0%',
        'dog            1      1     0   50.0%',
        'bird           0      0     0       –',
        '─────────  ─────  ─────  ────  ──────',
        'precision  75.0%  50.0%     –   66.7%',
      ].join('\n'),
    );
  });

  it('tells of labels that name no class', async () => {
    const matrix = new ConfusionMatrix(1);
    matrix.update([[1], [1]], [0, 4]);
    expect(String(await matrix.result())).toMatch(/\n1 with a label that names no class$/);
  });
});

describe('errors', () => {
  it.each([0, -1, 2.5])('there are no %d classes', (classes) => {
    const message = `ConfusionMatrix: classes must be a positive integer, got ${classes}.`;
    expectError(() => new ConfusionMatrix(classes), 'ARGUMENT', message);
  });

  it.each([[[]], [[1, 2]], [undefined], ['cat']])('%j are no names', (classes) => {
    const message = /^ConfusionMatrix: classes must be their number or a list of names, got /;
    expectError(() => new ConfusionMatrix(classes as never), 'ARGUMENT', message);
  });

  it('logits have the classes', () => {
    const message =
      'ConfusionMatrix: logits must have 3 classes along their last axis, got [2, 4].';
    const run = () => new ConfusionMatrix(3).update(zeros([2, 4]), [0, 1]);
    expectError(run, 'SHAPE', message);
  });
});
