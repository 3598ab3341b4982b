import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIdx, writeIdx } from '@gradus/mnist';
import type { IdxArray, IdxDtype } from '@gradus/mnist';

const arrayTypes = {
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

function idxArray(dtype: IdxDtype, shape: number[], bytes: Uint8Array): IdxArray {
  const type = arrayTypes[dtype];
  const length = shape.reduce((product, dimension) => product * dimension, 1);
  const data = new type(length);
  const raw = new Uint8Array(data.buffer);
  raw.forEach((_, index) => (raw[index] = bytes[index % bytes.length]!));
  return { dtype, shape, data } as IdxArray;
}

const anyIdxArray = fc
  .record({
    dtype: fc.constantFrom(...(Object.keys(arrayTypes) as IdxDtype[])),
    shape: fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 5 }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
  })
  .map(({ dtype, shape, bytes }) => idxArray(dtype, shape, bytes));

function rawBytes(data: IdxArray['data']): number[] {
  return [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
}

describe('readIdx and writeIdx', () => {
  it('give back what was written, bit for bit, for every dtype and rank', () => {
    fc.assert(
      fc.property(anyIdxArray, (array) => {
        const read = readIdx(writeIdx(array));
        expect(read.dtype).toBe(array.dtype);
        expect(read.shape).toEqual(array.shape);
        expect(read.data).toBeInstanceOf(arrayTypes[array.dtype]);
        expect(rawBytes(read.data)).toEqual(rawBytes(array.data));
      }),
    );
  });

  it.each([
    ['uint8', [0x08, 1, 0, 0, 0, 2, 1, 255], [1, 255]],
    ['int8', [0x09, 1, 0, 0, 0, 2, 1, 255], [1, -1]],
    ['int16', [0x0b, 1, 0, 0, 0, 2, 1, 0, 255, 254], [256, -2]],
    ['int32', [0x0c, 1, 0, 0, 0, 1, 0, 1, 0, 2], [65_538]],
    ['float32', [0x0d, 1, 0, 0, 0, 1, 0x3f, 0x80, 0, 0], [1]],
    ['float64', [0x0e, 1, 0, 0, 0, 1, 0xc0, 0, 0, 0, 0, 0, 0, 0], [-2]],
  ])('read %s as big-endian', (dtype, afterZeros, values) => {
    const bytes = Uint8Array.of(0, 0, ...afterZeros);
    const array = readIdx(bytes);
    expect(array.dtype).toBe(dtype);
    expect([...array.data]).toEqual(values);
    expect(writeIdx(array)).toEqual(bytes);
  });

  it('accept a rank of zero, and bytes that start anywhere in a buffer', () => {
    const bytes = Uint8Array.of(9, 9, 9, 0, 0, 0x0b, 0, 1, 2).subarray(3);
    expect(readIdx(bytes)).toEqual({ dtype: 'int16', shape: [], data: Int16Array.of(258) });
  });

  it('accept an empty array even if another dimension is enormous', () => {
    const bytes = Uint8Array.of(0, 0, 0x0e, 2, 255, 255, 255, 255, 0, 0, 0, 0);
    expect(readIdx(bytes).shape).toEqual([4_294_967_295, 0]);
  });

  it('copy nothing for uint8', () => {
    const bytes = Uint8Array.of(0, 0, 0x08, 1, 0, 0, 0, 1, 7);
    expect(readIdx(bytes).data.buffer).toBe(bytes.buffer);
  });
});

describe('readIdx refuses', () => {
  const huge = [255, 255, 255, 255];

  it.each([
    ['an empty file', [], 'IDX_TRUNCATED_HEADER', /has 0 bytes/],
    ['half a magic number', [0, 0, 8], 'IDX_TRUNCATED_HEADER', /has 3 bytes/],
    ['gzip', [0x1f, 0x8b, 8, 0], 'IDX_BAD_MAGIC', /0x1f8b0800.*still compressed/],
    [
      'an unknown element type',
      [0, 0, 0x0a, 1],
      'IDX_UNKNOWN_TYPE',
      /0x0a; known are 0x08 \(uint8\)/,
    ],
    [
      'a header cut short',
      [0, 0, 8, 3, 0, 0, 0, 1],
      'IDX_TRUNCATED_HEADER',
      /rank 3 takes 16 bytes/,
    ],
    ['too few elements', [0, 0, 8, 1, 0, 0, 0, 3, 1, 2], 'IDX_LENGTH_MISMATCH', /\[3\].*2 bytes/],
    ['too many elements', [0, 0, 8, 1, 0, 0, 0, 1, 1, 2], 'IDX_LENGTH_MISMATCH', /bytes too many/],
    ['half an element', [0, 0, 0x0b, 1, 0, 0, 0, 1, 1], 'IDX_LENGTH_MISMATCH', /int16.*\[1\]/],
    ['a claim of 4 GB', [0, 0, 8, 1, ...huge, 1], 'IDX_LENGTH_MISMATCH', /4294967295/],
    // 2³¹ · 2³¹ · 4 elements are 2⁶⁴, which arithmetic on 64-bit integers takes for none.
    [
      'a product that overflows',
      [0, 0, 8, 3, 128, 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 4],
      'IDX_LENGTH_MISMATCH',
      /2147483648, 2147483648, 4\]/,
    ],
  ])('%s', (_, bytes, code, message) => {
    const read = () => readIdx(Uint8Array.from(bytes), { name: 'some-file' });
    expect(read).toThrow(expect.objectContaining({ name: 'IdxError', code }));
    expect(read).toThrow(message);
    expect(read).toThrow(/^some-file: /);
  });

  it('255 enormous dimensions', () => {
    const bytes = new Uint8Array(4 + 255 * 4 + 10).fill(255);
    bytes.set([0, 0, 0x0e, 255]);
    expect(() => readIdx(bytes)).toThrow(expect.objectContaining({ code: 'IDX_LENGTH_MISMATCH' }));
  });
});

describe('writeIdx refuses', () => {
  it.each<[string, unknown, RegExp]>([
    ['an unknown dtype', { dtype: 'uint16', shape: [1], data: new Uint16Array(1) }, /dtype uint16/],
    ['data of another dtype', { dtype: 'int8', shape: [1], data: new Uint8Array(1) }, /Uint8Array/],
    [
      'a shape of another size',
      { dtype: 'int8', shape: [2], data: new Int8Array(1) },
      /2 elements/,
    ],
    ['a fraction', { dtype: 'int8', shape: [0.5], data: new Int8Array(1) }, /0.5/],
    ['a negative dimension', { dtype: 'int8', shape: [-1, -1], data: new Int8Array(1) }, /-1/],
    [
      'too large a dimension',
      { dtype: 'int8', shape: [2 ** 32, 0], data: new Int8Array(0) },
      /no dim/,
    ],
    ['a rank of 256', { dtype: 'int8', shape: Array(256).fill(1), data: new Int8Array(1) }, /256/],
  ])('%s', (_, array, message) => {
    const write = () => writeIdx(array as IdxArray);
    expect(write).toThrow(expect.objectContaining({ code: 'IDX_INVALID_ARRAY' }));
    expect(write).toThrow(message);
  });
});
