import { randomKey } from '@gradus/random';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BatchOptions, Position } from '../src/index.js';
import { failure, labelsOf, numbered, range } from './support.js';

const remainder = fc.constantFrom('keep', 'drop', 'carry');

describe('batches', () => {
  test('keep the remainder, unless told to drop or to carry it', () => {
    const data = numbered(5);
    expect(labelsOf(data.batches(2))).toEqual([[0, 1], [2, 3], [4]]);
    expect(labelsOf(data.batches(2, { remainder: 'drop' }))).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(labelsOf(data.batches(2, { remainder: 'carry', epochs: 2 }))).toEqual([
      [0, 1],
      [2, 3],
      [4, 0],
      [1, 2],
      [3, 4],
    ]);
    expect(labelsOf(data.batches(2, { epochs: 2 }))).toEqual([
      [0, 1],
      [2, 3],
      [4],
      [0, 1],
      [2, 3],
      [4],
    ]);
    expect(labelsOf(data.batches(2, { remainder: 'drop', epochs: 2 }))).toEqual([
      [0, 1],
      [2, 3],
      [0, 1],
      [2, 3],
    ]);
  });

  test('have the batch size as first dimension', () => {
    const shapes = Array.from(numbered(5).batches(3), ({ pixels }) => pixels.shape);
    expect(shapes).toEqual([
      [3, 2, 3],
      [2, 2, 3],
    ]);
  });

  test('hold each example once an epoch, in the order of a single batch', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.integer({ min: 1, max: 50 }), fc.nat(4), (length, size, epoch) => {
        const data = numbered(length).shuffle(randomKey(length));
        const whole = labelsOf(data.batches(length + 1, { from: { epoch } })).flat();
        const parts = labelsOf(data.batches(size, { from: { epoch } }));
        expect(parts.flat()).toEqual(whole);
        expect(whole.toSorted((a, b) => a - b)).toEqual(range(length));
      }),
    );
  });

  test('that carry are all full but the last, and hold each epoch once', () => {
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.integer({ min: 1, max: 30 }),
        fc.nat(4),
        (length, size, epochs) => {
          const sizes = labelsOf(
            numbered(length).batches(size, { epochs, remainder: 'carry' }),
          ).map((batch) => batch.length);
          const [whole, rest] = [Math.floor((epochs * length) / size), (epochs * length) % size];
          expect(sizes).toEqual([...Array<number>(whole).fill(size), ...(rest > 0 ? [rest] : [])]);
        },
      ),
    );
  });

  test('say how many are left, before each batch', () => {
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.integer({ min: 1, max: 40 }),
        fc.nat(3),
        remainder,
        (length, size, epochs, rest) => {
          const batches = numbered(length).batches(size, { epochs, remainder: rest });
          const left: number[] = [batches.remaining];
          while (batches.next().done !== true) left.push(batches.remaining);
          expect(left).toEqual(range(left.length).reverse());
        },
      ),
    );
  });

  test('repeat for ever when asked, each epoch in another order', () => {
    const batches = numbered(4).shuffle(randomKey(1)).batches(4, { epochs: Infinity });
    expect(batches.remaining).toBe(Infinity);
    const seen = new Set<string>();
    for (const { labels } of batches) {
      seen.add(labels.data.join());
      if (batches.position.epoch === 200) break;
    }
    expect(seen.size).toBe(24);
  });

  test.each(['keep', 'drop', 'carry'] as const)('end when there is nothing to %s', (rest) => {
    const options: BatchOptions = { epochs: Infinity, remainder: rest };
    expect(labelsOf(numbered(0).batches(3, options))).toEqual([]);
    if (rest === 'drop') expect(labelsOf(numbered(2).batches(3, options))).toEqual([]);
  });

  test('work with for await', async () => {
    const seen: number[][] = [];
    for await (const { labels } of numbered(3).batches(2)) seen.push([...labels.data]);
    expect(seen).toEqual([[0, 1], [2]]);
  });

  test('left in a for await can be taken up again', async () => {
    const batches = numbered(6).batches(2);
    for await (const { labels } of batches) {
      expect([...labels.data]).toEqual([0, 1]);
      break;
    }
    expect(batches.position).toEqual({ epoch: 0, index: 2 });
    expect(labelsOf(batches)).toEqual([
      [2, 3],
      [4, 5],
    ]);
  });

  test('can be left and taken up again, but not started over', () => {
    const batches = numbered(6).batches(2);
    for (const { labels } of batches) {
      expect([...labels.data]).toEqual([0, 1]);
      break;
    }
    expect(labelsOf(batches)).toEqual([
      [2, 3],
      [4, 5],
    ]);
    expect(() => labelsOf(batches)).toThrow(failure('BATCHES_USED_UP', 'batches()'));
    expect(batches.next()).toEqual({ done: true, value: undefined });
  });
});

describe('resuming', () => {
  test('goes on exactly where the position was saved', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 4 }),
        remainder,
        fc.nat(40),
        (length, size, epochs, rest, steps) => {
          const data = numbered(length).shuffle(randomKey(5));
          const options: BatchOptions = { epochs, remainder: rest };
          const uninterrupted = labelsOf(data.batches(size, options));
          const batches = data.batches(size, options);
          const before = range(Math.min(steps, uninterrupted.length)).map(
            () => labelsOf([batches.next().value!])[0]!,
          );
          const from = JSON.parse(JSON.stringify(batches.position)) as Position;
          const after = labelsOf(data.batches(size, { ...options, from }));
          expect([...before, ...after]).toEqual(uninterrupted);
        },
      ),
    );
  });

  test('a finished run has nothing left', () => {
    const batches = numbered(4).batches(2, { epochs: 3 });
    labelsOf(batches);
    expect(batches.position).toEqual({ epoch: 3, index: 0 });
    const resumed = numbered(4).batches(2, { epochs: 3, from: batches.position });
    expect(resumed.remaining).toBe(0);
    expect(labelsOf(resumed)).toEqual([]);
  });

  test('without a number of epochs it ends with the epoch it starts in', () => {
    const batches = numbered(4).batches(2, { from: { epoch: 7, index: 2 } });
    expect(labelsOf(batches)).toEqual([[2, 3]]);
    expect(batches.position).toEqual({ epoch: 8, index: 0 });
  });
});

describe('bad arguments', () => {
  test.each([0, -1, 1.5, NaN, Infinity, '10'])('refuses the batch size %s', (size) => {
    expect(() => numbered(4).batches(size as number)).toThrow(
      failure('INVALID_BATCH_SIZE', `${size}`),
    );
  });

  test.each([{ epochs: -1 }, { epochs: 1.5 }, { epochs: NaN }, { remainder: 'pad' }])(
    'refuses the options %o',
    (options) => {
      expect(() => numbered(4).batches(2, options as BatchOptions)).toThrow(
        failure('INVALID_OPTION'),
      );
    },
  );

  test.each([
    {},
    null,
    { epoch: -1 },
    { epoch: 0.5 },
    { epoch: 0, index: 4 },
    { epoch: 0, index: -1 },
    { epoch: '0', index: 0 },
  ])('refuses the position %j', (from) => {
    expect(() => numbered(4).batches(2, { from: from as never })).toThrow(
      failure('INVALID_POSITION'),
    );
  });
});
