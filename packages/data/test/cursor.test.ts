import { randomKey } from '@gradus/random';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Position } from '../src/index.js';
import { failure, labels, labelsOf, numbered, range } from './support.js';

test('nextBatch carries what is left of an epoch over into the next', () => {
  const train = numbered(5).cursor();
  expect(labels(train.nextBatch(3))).toEqual([0, 1, 2]);
  expect(train.position).toEqual({ epoch: 0, index: 3 });
  expect(labels(train.nextBatch(3))).toEqual([3, 4, 0]);
  expect(train.position).toEqual({ epoch: 1, index: 1 });
  expect(labels(train.nextBatch(4))).toEqual([1, 2, 3, 4]);
  expect(train.position).toEqual({ epoch: 2, index: 0 });
});

test('a batch may be longer than the dataset', () => {
  expect(labels(numbered(3).cursor().nextBatch(8))).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
});

test('however it is cut, the sequence of examples is that of the epochs', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 12 }),
      (length, sizes) => {
        const data = numbered(length).shuffle(randomKey(6));
        const cursor = data.cursor();
        const seen = sizes.flatMap((size) => labels(cursor.nextBatch(size)));
        const epochs = Math.ceil(seen.length / length);
        const expected = range(epochs).flatMap((epoch) =>
          labelsOf(data.batches(length, { from: { epoch } })).flat(),
        );
        expect(seen).toEqual(expected.slice(0, seen.length));
        expect(cursor.position).toEqual({
          epoch: Math.floor(seen.length / length),
          index: seen.length % length,
        });
      },
    ),
  );
});

test('a cursor goes on from a saved position', () => {
  const data = numbered(7).shuffle(randomKey(6));
  const cursor = data.cursor();
  cursor.nextBatch(10);
  const resumed = data.cursor(JSON.parse(JSON.stringify(cursor.position)) as Position);
  expect(labels(resumed.nextBatch(9))).toEqual(labels(cursor.nextBatch(9)));
});

test('skipEpoch goes to the beginning of the next', () => {
  const cursor = numbered(4).cursor({ epoch: 2, index: 3 });
  cursor.skipEpoch();
  expect(cursor.position).toEqual({ epoch: 3, index: 0 });
  expect(labels(cursor.nextBatch(2))).toEqual([0, 1]);
});

test('an empty dataset and a bad size are errors', () => {
  expect(() => numbered(0).cursor().nextBatch(1)).toThrow(failure('EMPTY_DATASET'));
  expect(() => numbered(3).cursor().nextBatch(0)).toThrow(failure('INVALID_BATCH_SIZE'));
  expect(() => numbered(3).cursor({ epoch: 0, index: 3 })).toThrow(
    failure('INVALID_POSITION', '3'),
  );
});
