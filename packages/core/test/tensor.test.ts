import { beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  broadcastShapes,
  concat,
  DuplicateCoreError,
  full,
  iota,
  logSumExp,
  oneHot,
  scatterAdd,
  setDefaultDevice,
  sizeOf,
  softmax,
  stack,
  stopGradient,
  tensor,
  Tensor,
  variance,
  where,
  type SliceIndex,
} from '../src/index.js';
import { handleBrand } from '../src/handle.js';
import { interpreter } from './support/interpreter.js';

beforeEach(() => setDefaultDevice(interpreter()));

const counting = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => i),
    { shape },
  );

describe('creation', () => {
  it.each([
    [[1, 2, 3], [3], 'float32'],
    [[[1], [2]], [2, 1], 'float32'],
    [5, [], 'float32'],
    [[true, false], [2], 'bool'],
    [new Int32Array([1, 2]), [2], 'int32'],
    [{ data: new Float64Array(6), shape: [2, 3] }, [2, 3], 'float64'],
    [[], [0], 'float32'],
    [[[], []], [2, 0], 'float32'],
  ])('%j', (values, shape, dtype) => {
    const t = tensor(values);
    expect([t.shape, t.dtype]).toEqual([shape, dtype]);
  });

  it('ragged rows, wrong sizes and strange values are refused', () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(/ragged.*\[2, 2\].*a row of 1/);
    expect(() => tensor([[1], 2] as never)).toThrow(/ragged/);
    expect(() => tensor(new Float32Array(5), { shape: [2, 3] })).toThrow(
      /\[2, 3\] needs 6 values, got 5/,
    );
    expect(() => tensor(['a'] as never)).toThrow(/numbers and booleans, got string a/);
    expect(() => tensor(new Float32Array(1), { shape: [1.5] })).toThrow(/non-negative integers/);
    expect(() => tensor(new Map() as never)).toThrow(/got a Map/);
  });

  it('copies: neither the source nor what was read is the tensor', async () => {
    const source = new Float32Array([1, 2]);
    const t = tensor(source);
    source[0] = 9;
    (await t.data())[1] = 9;
    expect(await t.toArray()).toEqual([1, 2]);
    expect(t.dataSync()).toEqual(new Float32Array([1, 2]));
  });

  it('constants, positions, one-hot rows', async () => {
    expect(await full([2], 7, 'int32').toArray()).toEqual([7, 7]);
    expect(await iota([2, 3], 1).toArray()).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
    expect(await oneHot([2, 0, -1, 3], 3).toArray()).toEqual([
      [0, 0, 1],
      [1, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
});

describe('errors come at once and name the operation and both shapes', () => {
  const [a, b] = [counting(2, 3), counting(4, 5)];
  it.each([
    ['add', () => a.add(b), /add: shapes \[2, 3\] and \[4, 5\] do not broadcast/],
    [
      'matMul',
      () => a.matMul(b),
      /matMul: shapes \[2, 3\] and \[4, 5\] do not fit.*3 columns.*4 rows/,
    ],
    ['matMul of vectors', () => counting(3).matMul(a), /matMul.*at least rank 2.*\[3\]/],
    ['reshape', () => a.reshape([4]), /reshape: \[2, 3\] has 6 elements, \[4\] would have 4/],
    ['reshape -1', () => a.reshape([4, -1]), /reshape.*does not fit/],
    ['transpose', () => a.transpose([0, 0]), /not a permutation/],
    ['axis', () => a.sum(2), /sum: axis 2 is outside -2…1/],
    ['axes twice', () => a.sum([0, -2]), /name an axis twice/],
    ['max of nothing', () => tensor([]).max(), /no elements/],
    ['concat', () => concat([a, b]), /concat: shapes \[2, 3\], \[4, 5\] differ/],
    ['slice', () => a.slice([0, 2], [2, 2]), /outside of \[2, 3\]/],
    ['at', () => a.at(2), /position 2 is outside of axis 0/],
    ['broadcastTo', () => a.broadcastTo([3, 3]), /\[2, 3\].*\[3, 3\]/],
    ['dtypes', () => a.add(tensor([1], { dtype: 'int32' })), /add.*float32 and int32.*cast/],
    ['div of integers', () => iota([2]).div(2), /div: got int32.*floorDiv/],
    ['exp of bool', () => a.less(1).exp(), /exp: got bool/],
    ['where', () => where(a, 1, 2), /where: the condition must be bool/],
    ['gather', () => a.gather(counting(2)), /gather: indices must be int32/],
  ])('%s', (_, build, message) => expect(build).toThrow(message));

  it('item wants one element', async () => {
    await expect(a.item()).rejects.toThrow(/one element, got \[2, 3\]/);
  });
});

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });

describe('against plain loops', () => {
  it('broadcasting', async () => {
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.infiniteStream(fc.boolean()),
        fc.nat(2),
        async (shape, ones, drop) => {
          const narrow = shape
            .slice(Math.min(drop, shape.length))
            .map((extent) => (ones.next().value ? 1 : extent));
          expect(broadcastShapes('test', shape, narrow)).toEqual(shape);
          const [a, b] = [counting(...shape), counting(...narrow)];
          const values = await a.mul(100).add(b).data();
          values.forEach((value, position) => {
            let [rest, source, stride] = [position, 0, 1];
            for (let axis = shape.length - 1; axis >= 0; axis--) {
              const own = axis - (shape.length - narrow.length);
              const coordinate = rest % shape[axis]!;
              if (own >= 0) {
                if (narrow[own] !== 1) source += coordinate * stride;
                stride *= narrow[own]!;
              }
              rest = Math.floor(rest / shape[axis]!);
            }
            expect(value).toBe(position * 100 + source);
          });
        },
      ),
    );
  });

  it('indexing like Python', async () => {
    const bound = fc.option(fc.integer({ min: -7, max: 7 }), { nil: null });
    const step = fc.integer({ min: -3, max: 3 }).filter((each) => each !== 0);
    await fc.assert(
      fc.asyncProperty(
        bound,
        bound,
        step,
        fc.integer({ min: 1, max: 5 }),
        async (from, to, by, n) => {
          const list = Array.from({ length: n }, (_, i) => i);
          const expected: number[] = [];
          const clamp = (x: number, low: number, high: number): number =>
            Math.min(Math.max(x < 0 ? x + n : x, low), high);
          const [start, stop] =
            by > 0
              ? [from === null ? 0 : clamp(from, 0, n), to === null ? n : clamp(to, 0, n)]
              : [
                  from === null ? n - 1 : clamp(from, -1, n - 1),
                  to === null ? -1 : clamp(to, -1, n - 1),
                ];
          for (let i = start; by > 0 ? i < stop : i > stop; i += by) expected.push(list[i]!);
          const index: SliceIndex = [from, to, by];
          expect(
            await tensor(list.length > 0 ? list : [])
              .at(index)
              .toArray(),
          ).toEqual(expected);
          expect(await counting(2, n).at(1, index).toArray()).toEqual(expected.map((i) => n + i));
        },
      ),
    );
  });

  it('random chains of movement, fused, are what one step after another gives', async () => {
    const step = fc.tuple(fc.nat(6), fc.nat(1000));
    await fc.assert(
      fc.asyncProperty(
        shapes,
        fc.array(step, { minLength: 1, maxLength: 6 }),
        async (shape, steps) => {
          let fused = counting(...shape);
          let single = counting(...shape);
          for (const [kind, seed] of steps) {
            fused = move(fused, kind, seed);
            single = move(single, kind, seed);
            await single.data();
          }
          expect(fused.shape).toEqual(single.shape);
          expect(await fused.data()).toEqual(await single.data());
          expect(await fused.add(1).sum().item()).toBe(
            [...(await single.data())].reduce((total, each) => total + each + 1, 0),
          );
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** One movement, chosen and parametrised by numbers. */
function move(x: Tensor, kind: number, seed: number): Tensor {
  const axis = x.rank === 0 ? 0 : seed % x.rank;
  const amounts = x.shape.map((_, i) => (seed >> i) % 3);
  switch (x.rank === 0 && kind !== 0 ? 0 : kind) {
    case 0:
      return x.reshape([-1]).reshape(seed % 2 === 0 ? [x.size] : [1, x.size]);
    case 1:
      return x.transpose(x.shape.map((_, i) => (i + axis) % x.rank));
    case 2:
      return x.flip(axis);
    case 3:
      return x.pad(
        amounts,
        amounts.map((each) => 2 - each),
        seed,
      );
    case 4:
      return x.slice(
        x.shape.map((extent) => seed % extent),
        x.shape.map((extent) => Math.floor((extent - (seed % extent) + 1) / 2)),
        x.shape.map(() => 2),
      );
    case 5:
      return concat([x, x.mul(2)], axis);
    default:
      return x.expandDims(axis).broadcastTo([...x.shape.slice(0, axis), 2, ...x.shape.slice(axis)]);
  }
}

describe('operations', () => {
  it('reduce, with and without the axes', async () => {
    const x = counting(2, 3);
    expect(await x.sum(0).toArray()).toEqual([3, 5, 7]);
    expect(await x.sum(1, { keepDims: true }).toArray()).toEqual([[3], [12]]);
    expect(await x.mean().item()).toBe(2.5);
    expect(await x.max(-1).toArray()).toEqual([2, 5]);
    expect(await x.add(1).product().item()).toBe(720);
    expect(await tensor([[]]).sum().item()).toBe(0);
    expect(await variance([1, 2, 3, 4]).item()).toBe(1.25);
    expect(await tensor([3, 7, 7, 1]).argMax().item()).toBe(1);
    expect(await tensor([3, NaN, 7, NaN]).argMax().item()).toBe(1);
    expect(await tensor([1, NaN]).max().item()).toBeNaN();
  });

  it('multiply matrices in batches that broadcast', async () => {
    const product = counting(2, 1, 2, 3).matMul(counting(4, 3, 2));
    expect(product.shape).toEqual([2, 4, 2, 2]);
    expect(await product.at(1, 3).toArray()).toEqual(
      [
        [424, 445],
        [604, 634],
      ].map((row, i) =>
        row.map((_, j) => {
          let sum = 0;
          for (let k = 0; k < 3; k++) sum += (6 + 3 * i + k) * (18 + 2 * k + j);
          return sum;
        }),
      ),
    );
  });

  it('gather and scatter are each other’s inverse', async () => {
    const x = counting(3, 2);
    expect(await x.gather([2, 0, 2]).toArray()).toEqual([
      [4, 5],
      [0, 1],
      [4, 5],
    ]);
    expect(await x.gather([5, -1]).toArray()).toEqual([
      [NaN, NaN],
      [NaN, NaN],
    ]);
    expect(await scatterAdd([2, 0, 2, 9], counting(4, 2), { extent: 3 }).toArray()).toEqual([
      [2, 3],
      [0, 0],
      [4, 6],
    ]);
    expect(await x.gather([1], 1).toArray()).toEqual([[1], [3], [5]]);
  });

  it('casts truncate, saturate and map NaN to 0', async () => {
    const x = tensor([1.9, -1.9, 3e10, -3e10, NaN, 300]);
    expect(await x.cast('int32').toArray()).toEqual([1, -1, 2147483647, -2147483648, 0, 300]);
    expect(await x.cast('uint8').toArray()).toEqual([1, 0, 255, 0, 0, 255]);
    expect(await x.cast('bool').toArray()).toEqual([true, true, true, true, true, true]);
  });

  it('softmax and its relatives survive large numbers', async () => {
    expect(await softmax([1e4, 1e4, -1e4]).toArray()).toEqual([0.5, 0.5, 0]);
    expect(await logSumExp([1e4, 1e4]).item()).toBeCloseTo(1e4 + Math.log(2), 2);
    expect(await logSumExp([-Infinity, -Infinity]).item()).toBe(-Infinity);
  });

  it('stack, squeeze, expandDims and friends', async () => {
    expect(stack([counting(2), counting(2)], -1).shape).toEqual([2, 2]);
    expect(counting(1, 3, 1).squeeze().shape).toEqual([3]);
    expect(() => counting(1, 3).squeeze(1)).toThrow(/not all of extent 1/);
    expect(stopGradient(counting(2)).shape).toEqual([2]);
    expect(await where([true, false], 1, counting(2)).toArray()).toEqual([1, 1]);
  });
});

it('a tensor of another copy of core is recognised', () => {
  const foreign = { [handleBrand]: { version: 1 }, node: counting(1).node };
  expect(() => counting(1).add(foreign as never)).toThrow(DuplicateCoreError);
});

it('prints', async () => {
  const x = counting(2, 2).add(1);
  expect(String(x)).toBe('Tensor(float32 [2, 2], not computed)');
  await x.data();
  expect(String(x)).toBe('Tensor(float32 [2, 2], [[1, 2],\n                        [3, 4]])');
  x.dispose();
  expect(String(x)).toBe('Tensor(float32 [2, 2], disposed)');
});
