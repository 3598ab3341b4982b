import { beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  add,
  concat,
  dataTypes,
  DataTypeError,
  div,
  full,
  iota,
  maximum,
  mul,
  scatterAdd,
  setDefaultDevice,
  sub,
  tensor,
  Tensor,
  where,
  type DataType,
  type NestedArray,
} from '../src/index.js';
import { decodeFloat16, encodeFloat16 } from '../src/float16.js';
import { castTo, roundTo } from '../src/backend/index.js';
import { interpreter } from './support/interpreter.js';

beforeEach(() => setDefaultDevice(interpreter()));

const of = (values: NestedArray, dtype: DataType): Tensor => tensor(values, { dtype });

describe('plain numbers take the dtype of the tensor they meet', () => {
  const numeric = dataTypes.filter((dtype) => dtype !== 'bool' && dtype !== 'float16');

  it.each(numeric)('%s', async (dtype) => {
    const x = of([1, 2], dtype);
    for (const y of [x.add(1), add(1, x), mul(x, 3), sub(5, x), x.maximum([2, 2]), maximum(1, x)]) {
      expect(y.dtype).toBe(dtype);
    }
    expect(await sub(5, x).toArray()).toEqual([4, 3]);
    expect(where([true, false], x, 0).dtype).toBe(dtype);
    expect(where([true, false], 0, x).dtype).toBe(dtype);
    expect(x.less(2).dtype).toBe('bool');
    expect(await x.greater(1).toArray()).toEqual([false, true]);
  });

  it.each(['int32', 'uint32', 'uint8'] as const)('but %s takes its own integers only', (dtype) => {
    const x = of([1, 2], dtype);
    const message = new RegExp(`0\\.5 is not an? ${dtype}.*cast`);
    for (const build of [
      () => x.mul(0.5),
      () => x.less(0.5),
      () => add(0.5, x),
      () => x.add([0, 0.5]),
      () => where([true, false], x, 0.5),
      () => full([2], 0.5, dtype),
      () => x.add(new Float32Array([1, 0.5])),
      () => x.pad([1], [0], 0.5),
    ]) {
      expect(build).toThrow(DataTypeError);
      expect(build).toThrow(message);
    }
    for (const value of [NaN, Infinity, 2 ** 32, -(2 ** 32)]) {
      expect(() => x.add(value)).toThrow(DataTypeError);
    }
    expect(x.add(new Float32Array([1, 2])).dtype).toBe(dtype);
  });

  it('a dtype that is asked for converts', async () => {
    expect(await of([1.7, -1.7, NaN], 'int32').toArray()).toEqual([1, -1, 0]);
    expect(await of([0, 0.5, -3], 'bool').toArray()).toEqual([false, true, true]);
    expect(await of([true, false], 'float32').toArray()).toEqual([1, 0]);
  });
});

describe('dtypes do not mix', () => {
  const [x, n] = [of([1, 2], 'float32'), of([1, 2], 'int32')];
  it.each([
    ['add', () => x.add(n), /add: operands have dtypes float32 and int32.*b\.cast\('float32'\)/],
    ['where', () => where([true, false], x, n), /where.*float32 and int32/],
    ['concat', () => concat([x, n]), /concat: dtypes float32 and int32/],
    ['matMul', () => x.reshape([1, 2]).matMul(n.reshape([2, 1])), /matMul.*float32 and int32/],
    ['sum of bool', () => x.less(1).sum(), /sum: got bool/],
    ['mean of integers', () => n.mean(), /mean: got int32/],
    ['reciprocal of integers', () => n.reciprocal(), /reciprocal: got int32/],
    ['negated bool', () => x.less(1).neg(), /neg: got bool/],
    ['shifted floats', () => x.shiftLeft(1), /shiftLeft: got float32, expected an integer dtype/],
    ['scattered bool', () => scatterAdd([0], [true], { extent: 1 }), /bool/],
    ['div of plain integers', () => div(n, 2), /div: got int32.*floorDiv/],
  ])('%s', (_, build, message) => {
    expect(build).toThrow(DataTypeError);
    expect(build).toThrow(message);
  });
});

describe('typed arrays', () => {
  it('keep their own dtype, unless another one is asked for', async () => {
    expect(tensor(new Uint8Array(2)).dtype).toBe('uint8');
    expect(tensor(new Uint32Array(2)).dtype).toBe('uint32');
    expect(tensor(new Float64Array(2)).dtype).toBe('float64');
    const bytes = tensor(new Uint8Array([0, 2, 255]), { dtype: 'bool' });
    expect(await bytes.toArray()).toEqual([false, true, true]);
    const narrow = tensor(new Float64Array([0.1, 1e300]), { dtype: 'float32' });
    expect(narrow.node.primitive).toBe('data');
    expect(await narrow.data()).toEqual(new Float32Array([0.1, Infinity]));
  });

  it('of 16 bits say which dtype they mean', () => {
    expect(() => tensor(new Uint16Array(1))).toThrow(/Uint16Array has no natural dtype/);
    expect(tensor(new Uint16Array(1), { dtype: 'float16' }).dtype).toBe('float16');
  });
});

describe('float16', () => {
  it('every bit pattern is read and written back', () => {
    for (let bits = 0; bits < 65536; bits++) {
      const value = decodeFloat16(bits);
      if (Number.isNaN(value)) expect(encodeFloat16(value)).toBe(0x7e00);
      else if (encodeFloat16(value) !== bits) throw new Error(`${bits} became ${value}`);
    }
  });

  it('rounds to the nearest, halves to even', () => {
    fc.assert(
      fc.property(fc.double({ min: -70000, max: 70000, noNaN: true }), (value) => {
        const nearest = decodeFloat16(encodeFloat16(value));
        expect(nearest).toBe(roundTo.float16(value));
        const bits = encodeFloat16(Math.abs(value));
        for (const other of [bits - 1, bits + 1]) {
          if (other < 0 || bits >= 0x7bff) continue;
          const distance = Math.abs(decodeFloat16(other) - Math.abs(value));
          const own = Math.abs(decodeFloat16(bits) - Math.abs(value));
          expect(own < distance || (own === distance && bits % 2 === 0)).toBe(true);
        }
      }),
    );
    expect(decodeFloat16(encodeFloat16(65519.99))).toBe(65504);
    expect(decodeFloat16(encodeFloat16(65520))).toBe(Infinity);
    expect(encodeFloat16(-0)).toBe(0x8000);
  });

  it('goes in and out as numbers, and as bits through data()', async () => {
    const x = of([1.5, -2], 'float16');
    expect(await x.toArray()).toEqual([1.5, -2]);
    expect(x.at(0).shape).toEqual([]);
    expect(await of([0.25], 'float16').item()).toBe(0.25);
    expect(await x.data()).toEqual(new Uint16Array([0x3e00, 0xc000]));
    expect(await tensor(new Uint16Array([0x3c00]), { dtype: 'float16' }).item()).toBe(1);
  });
});

describe('cast', () => {
  it('is the same on the host and in a plan', async () => {
    const values = [0, -0, 1, -1, 0.5, 1.5, -1.5, 255, 256, 300, 2 ** 31, 2 ** 32, -(2 ** 31)];
    const specials = [...values, 1e300, -1e300, NaN, Infinity, -Infinity];
    const x = of(specials, 'float64');
    for (const dtype of dataTypes.filter((each) => each !== 'float16')) {
      const expected = specials.map((value) => castTo(dtype, value));
      expect(Array.from(await x.cast(dtype).data())).toEqual(expected);
      expect(Array.from(await of(specials, dtype).data())).toEqual(expected);
    }
  });

  it('between integers saturates as well', async () => {
    expect(await of([-1, 300], 'int32').cast('uint8').toArray()).toEqual([0, 255]);
    const large = tensor(new Uint32Array([2 ** 32 - 1]));
    expect(await large.cast('int32').toArray()).toEqual([2 ** 31 - 1]);
  });

  it('to the same dtype is the tensor itself', () => {
    const x = iota([2]);
    expect(x.cast('int32')).toBe(x);
  });
});
