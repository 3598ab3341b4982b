import { randomIntegers, randomKey } from '@gradus/random';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { Position, TensorData } from '../src/index.js';
import { failure, labels, labelsOf, numbered } from './support.js';

const negated = ({ data, shape }: TensorData): TensorData<Float32Array> => ({
  data: Float32Array.from(data, (value) => -value),
  shape,
});

describe('map', () => {
  test('transforms every batch, after the selection and the order of the dataset', () => {
    const data = numbered(6).map(({ labels: rows }) => ({ labels: negated(rows) }));
    expect(data.columns).toEqual({ labels: { dtype: 'float32', shape: [] } });
    expect(labelsOf(data.slice(1).batches(2))).toEqual([[-1, -2], [-3, -4], [-5]]);
    const shuffled = numbered(6).shuffle(randomKey(2));
    const expected = labelsOf(shuffled.batches(6)).map((batch) => batch.map((row) => -row));
    const mapped = data.shuffle(randomKey(2));
    expect(labelsOf(mapped.batches(6))).toEqual(expected);
  });

  test('composes', () => {
    const twice = numbered(3)
      .map(({ labels: rows }) => ({ labels: negated(rows) }))
      .map(({ labels: rows }) => ({ labels: negated(rows), copy: rows }));
    expect(labels(twice.all())).toEqual([0, 1, 2]);
    expect([...twice.all().copy.data]).toEqual([-0, -1, -2]);
  });

  test('is told where each batch begins, which makes noise reproducible', () => {
    const key = randomKey(3);
    const positions: Position[] = [];
    const noisy = numbered(10).map((batch, { epoch, index }) => {
      positions.push({ epoch, index });
      const { length } = batch.labels.data;
      const noise = randomIntegers(key.fold(epoch).fold(index), length, 0, 1000);
      return { labels: { data: noise, shape: [length] } };
    });
    positions.length = 0;
    const run = labelsOf(noisy.batches(4, { epochs: 2 }));
    expect(positions).toEqual(
      [0, 1].flatMap((epoch) => [0, 4, 8].map((index) => ({ epoch, index }))),
    );
    expect(labelsOf(noisy.batches(4, { epochs: 2, from: { epoch: 1, index: 4 } }))).toEqual(
      run.slice(4),
    );
    expect(new Set(run.map(String)).size).toBe(run.length);
  });

  test('a transform that throws does so at once', () => {
    expect(() =>
      numbered(3).map(() => {
        throw new Error('mistake');
      }),
    ).toThrow('mistake');
  });

  test('refuses results that are no columns or have another number of examples', () => {
    expect(() => numbered(3).map(() => ({ x: [1] }) as never)).toThrow(
      failure('INVALID_COLUMN', 'map()'),
    );
    expect(() => numbered(3).map(() => ({ x: { data: new Uint8Array(2), shape: [2] } }))).toThrow(
      failure('LENGTH_MISMATCH'),
    );
    const onlyFirst = numbered(3).map(({ labels: { data } }) => ({
      labels: { data: data.slice(0, 1), shape: [1] },
    }));
    expect(() => onlyFirst.all()).toThrow(failure('LENGTH_MISMATCH', '3 examples and returned 1'));
  });

  test('a failed batch leaves the position where it was', () => {
    let fail = false;
    const cursor = numbered(6)
      .map((batch) => {
        if (fail) throw new Error('disk');
        return batch;
      })
      .cursor();
    cursor.nextBatch(2);
    fail = true;
    expect(() => cursor.nextBatch(2)).toThrow('disk');
    fail = false;
    expect(labels(cursor.nextBatch(2))).toEqual([2, 3]);
  });
});

describe('scale', () => {
  test('makes floats in [0, 1] of bytes, each the float32 nearest to byte / 255', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
    const scaled = numbered(1)
      .map(() => ({
        pixels: { data: bytes, shape: [1, 256] },
        labels: { data: bytes, shape: [1, 256] },
      }))
      .scale('pixels');
    const batch = scaled.all();
    expectTypeOf(batch.pixels.data).toEqualTypeOf<Float32Array>();
    expect(batch.pixels.data).toEqual(
      Float32Array.from(bytes, (value) => Math.fround(value / 255)),
    );
    expect(batch.labels.data).toEqual(bytes);
    expect(scaled.columns.pixels).toEqual({ dtype: 'float32', shape: [256] });
  });

  test('takes another divisor, and any column', () => {
    const { labels: halves } = numbered(3).scale('labels', 2).all();
    expect(halves).toEqual({ data: Float32Array.of(0, 0.5, 1), shape: [3] });
  });

  test('refuses unknown columns and unusable divisors', () => {
    for (const name of ['images', 'toString', '__proto__']) {
      expect(() => numbered(3).scale(name as 'pixels')).toThrow(
        failure('UNKNOWN_COLUMN', 'pixels, labels'),
      );
    }
    for (const divisor of [0, NaN, Infinity]) {
      expect(() => numbered(3).scale('pixels', divisor)).toThrow(failure('INVALID_OPTION'));
    }
  });
});
