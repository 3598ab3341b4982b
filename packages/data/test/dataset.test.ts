import { randomKey } from '@gradus/random';
import * as fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { Dataset, dataset } from '../src/index.js';
import type { Batch, TensorData } from '../src/index.js';
import { failure, labels, numbered, range } from './support.js';

describe('dataset', () => {
  test('knows its length and what an example looks like', () => {
    const data = numbered(5);
    expect(data.length).toBe(5);
    expect(data.columns).toEqual({
      pixels: { dtype: 'uint8', shape: [2, 3] },
      labels: { dtype: 'int32', shape: [] },
    });
  });

  test('gives everything in one batch, with the types that went in', () => {
    const all = numbered(3).all();
    expectTypeOf(all.pixels.data).toEqualTypeOf<Uint8Array>();
    expectTypeOf(numbered(3)).toExtend<Dataset>();
    expect(all.pixels.shape).toEqual([3, 2, 3]);
    expect([...all.pixels.data.subarray(6, 12)]).toEqual([10, 11, 12, 13, 14, 15]);
    expect(all.labels).toEqual({ data: Int32Array.of(0, 1, 2), shape: [3] });
  });

  test.each([Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array])(
    'keeps the element type of %o',
    (ArrayType) => {
      const { column } = dataset({ column: { data: ArrayType.of(1, 2, 3), shape: [3] } }).all();
      expect(column.data).toEqual(ArrayType.of(1, 2, 3));
    },
  );

  test('copies out of a Buffer of Node into a plain array', () => {
    const { bytes } = dataset({ bytes: { data: Buffer.from('abc'), shape: [3] } }).all();
    expect(bytes.data.constructor).toBe(Uint8Array);
    expect([...bytes.data]).toEqual([97, 98, 99]);
  });

  test('hands out memory of its own', () => {
    const data = numbered(4);
    data.all().labels.data.fill(99);
    data.batches(2).next().value!.labels.data.fill(99);
    expect(labels(data.all())).toEqual([0, 1, 2, 3]);
  });

  test('may be empty', () => {
    const data = numbered(0);
    expect(data.length).toBe(0);
    expect(data.columns.pixels).toEqual({ dtype: 'uint8', shape: [2, 3] });
    expect(data.all().pixels.shape).toEqual([0, 2, 3]);
  });

  const one = { data: new Uint8Array(6), shape: [6] };
  const invalid: [string, unknown, string, string][] = [
    ['no columns', {}, 'INVALID_COLUMN', 'at least one'],
    ['nothing', undefined, 'INVALID_COLUMN', 'at least one'],
    ['a nested array', { x: { data: [1, 2], shape: [2] } }, 'INVALID_COLUMN', '"x".*got Array'],
    [
      'another typed array',
      { x: { data: new Int16Array(2), shape: [2] } },
      'INVALID_COLUMN',
      'got Int16Array',
    ],
    ['a bare typed array', { x: new Uint8Array(2) }, 'INVALID_COLUMN', 'got Undefined'],
    ['no shape', { x: { data: new Uint8Array(2) } }, 'INVALID_COLUMN', 'got undefined'],
    ['a scalar', { x: { data: new Uint8Array(1), shape: [] } }, 'INVALID_COLUMN', 'got \\[\\]'],
    [
      'a negative size',
      { x: { data: new Uint8Array(1), shape: [-1, -1] } },
      'INVALID_COLUMN',
      'non-negative',
    ],
    [
      'a shape that does not fit',
      { x: { data: new Uint8Array(7), shape: [2, 3] } },
      'INVALID_COLUMN',
      'needs 6 elements; its data has 7',
    ],
    [
      'columns of different lengths',
      { one, two: { data: new Uint8Array(6), shape: [3, 2] } },
      'LENGTH_MISMATCH',
      'one: 6, two: 3',
    ],
  ];

  test.each(invalid)('refuses %s', (_, columns, code, message) => {
    expect(() => dataset(columns as Batch)).toThrow(failure(code, message));
  });
});

describe('selection', () => {
  test('slice and take choose consecutive examples, also of a slice', () => {
    const data = numbered(10);
    expect(labels(data.slice(2, 5).all())).toEqual([2, 3, 4]);
    expect(labels(data.slice(7).all())).toEqual([7, 8, 9]);
    expect(labels(data.take(2).all())).toEqual([0, 1]);
    expect(labels(data.slice(2, 8).slice(1).take(3).all())).toEqual([3, 4, 5]);
    expect(data.slice(10).length).toBe(0);
  });

  test.each([
    [-1, 5],
    [3, 2],
    [0, 11],
    [0.5, 2],
    [0, NaN],
  ])('refuses the range from %s to %s', (start, end) => {
    expect(() => numbered(10).slice(start, end)).toThrow(failure('INVALID_RANGE', '10'));
  });

  test('split without a key cuts in stored order', () => {
    const [first, second] = numbered(10).split(0.75);
    expect(labels(first.all())).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(labels(second.all())).toEqual([8, 9]);
  });

  test('the parts of a split have every example once, in any epoch, shuffled before or after', () => {
    fc.assert(
      fc.property(
        fc.nat(60),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.option(fc.maxSafeNat(), { nil: undefined }),
        fc.nat(5),
        (length, fraction, seed, epoch) => {
          const splitKey = seed === undefined ? undefined : randomKey(seed);
          const stored = numbered(length + 5).slice(5);
          const parts = stored.shuffle(randomKey(1)).split(fraction, splitKey);
          const seen = parts.flatMap((part) => [
            ...part.shuffle(randomKey(2)).batches(7, { from: { epoch } }),
          ]);
          const sorted = seen.flatMap(labels).toSorted((a, b) => a - b);
          expect(sorted).toEqual(labels(stored.all()));
          expect(parts[0].length).toBe(Math.round(fraction * length));
        },
      ),
    );
  });

  test('split with a key chooses at random and reproducibly', () => {
    const part = (seed: number): number[] =>
      labels(numbered(100).split(0.5, randomKey(seed))[0].all());
    expect(part(3)).toEqual(part(3));
    expect(part(3)).not.toEqual(part(4));
    expect(part(3)).not.toEqual(range(50));
  });

  test.each([-0.1, 1.1, NaN])('refuses to split at %s', (fraction) => {
    expect(() => numbered(4).split(fraction)).toThrow(failure('INVALID_RANGE'));
  });
});

describe('shuffle', () => {
  test('visits every example once an epoch, in another order each epoch, and leaves all() alone', () => {
    const data = numbered(50).shuffle(randomKey(8));
    const orders = [0, 1, 2].map((epoch) =>
      [...data.batches(50, { from: { epoch } })].flatMap(labels),
    );
    for (const order of orders) expect(order.toSorted((a, b) => a - b)).toEqual(range(50));
    expect(new Set([range(50), ...orders].map(String)).size).toBe(4);
    expect(labels(data.all())).toEqual(range(50));
  });

  test('keeps columns together', () => {
    for (const { pixels, labels: rows } of numbered(20).shuffle(randomKey(8)).batches(6)) {
      rows.data.forEach((row, at) => expect(pixels.data[at * 6]).toBe(row * 10));
    }
  });

  test('keeps to the examples of a slice, whichever came first', () => {
    const before = numbered(30).shuffle(randomKey(8)).slice(10, 20);
    const after = numbered(30).slice(10, 20).shuffle(randomKey(8));
    const order = [...before.batches(10)].flatMap(labels);
    expect([...after.batches(10)].flatMap(labels)).toEqual(order);
    expect(order.toSorted((a, b) => a - b)).toEqual(range(10).map((row) => row + 10));
  });

  test('refuses what is not a key', () => {
    expect(() => numbered(3).shuffle(7 as never)).toThrow(failure('INVALID_KEY', 'number'));
  });
});

describe('a dataset of another source', () => {
  test('needs only rows and a way to read them', () => {
    const squares = new Dataset<{ square: TensorData<Float64Array> }>({
      rows: Uint32Array.from(range(10)),
      read: (rows) => ({
        square: { data: Float64Array.from(rows, (row) => row * row), shape: [rows.length] },
      }),
    });
    expect(squares.columns).toEqual({ square: { dtype: 'float64', shape: [] } });
    expect([...squares.slice(3, 6).all().square.data]).toEqual([9, 16, 25]);
  });
});
