import { beforeEach, describe, expect, it } from 'vitest';
import {
  arange,
  ArgumentError,
  compile,
  concat,
  cumulativeSum,
  DataTypeError,
  dot,
  eye,
  linspace,
  ones,
  outer,
  planOf,
  repeat,
  rsqrt,
  setDefaultDevice,
  ShapeError,
  split,
  tensor,
  tile,
  tril,
  triu,
  zeros,
  type Tensor,
} from '../src/index.js';
import { interpreter } from './support/interpreter.js';
import { refuse } from './support/refuse.js';

beforeEach(() => setDefaultDevice(interpreter()));

const truth = tensor([true]);
const integers = tensor([1, 2, 3], { dtype: 'int32' });

describe('split, repeat and tile', () => {
  const x = tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  it('split into equal parts and into sizes', async () => {
    const [first, second, ...none] = split(x, 2);
    expect(await first!.toArray()).toEqual([[1, 2, 3]]);
    expect(await second!.toArray()).toEqual([[4, 5, 6]]);
    expect(none).toEqual([]);
    const parts = split(x, [2, 0, 1], -1);
    expect(parts.map(({ shape }) => shape)).toEqual([
      [2, 2],
      [2, 0],
      [2, 1],
    ]);
    expect(await parts[2]!.toArray()).toEqual([[3], [6]]);
    expect(await concat(parts, 1).toArray()).toEqual(await x.toArray());
    expect(split(zeros([0, 4]), 3).map(({ shape }) => shape[0])).toEqual([0, 0, 0]);
    expect(split(zeros([0]), [])).toEqual([]);
  });
  it('repeat repeats elements, tile the whole', async () => {
    expect(await repeat([1, 2], 3).toArray()).toEqual([1, 1, 1, 2, 2, 2]);
    expect(await repeat(x, 2, 1).at(1).toArray()).toEqual([4, 4, 5, 5, 6, 6]);
    expect(repeat(x, 0, 1).shape).toEqual([2, 0]);
    expect(await tile([1, 2], 3).toArray()).toEqual([1, 2, 1, 2, 1, 2]);
    expect(await tile(x, 2).at(0).toArray()).toEqual([1, 2, 3, 1, 2, 3]);
    expect(await tile([1, 2], [2, 1]).toArray()).toEqual([
      [1, 2],
      [1, 2],
    ]);
    expect(tile(x, [2, 1, 1, 0]).shape).toEqual([2, 1, 2, 0]);
    expect(await tile(7, [3]).toArray()).toEqual([7, 7, 7]);
    expect(await tile(7, []).toArray()).toEqual(7);
  });
  refuse(ShapeError, [
    [() => split(x, 2, 1), 'split: axis 1 of [2, 3] does not divide into 2 equal parts'],
    [() => split(x, [2, 2], 1), 'split: sizes [2, 2] add up to 4, but axis 1 of [2, 3] has 3'],
    [() => split(5, 1), 'split: axis 0 does not exist, a scalar has no axes.'],
    [() => repeat(x, 2, 2), 'repeat: axis 2 is outside -2…1'],
  ]);
  refuse(ArgumentError, [
    [() => split(x, 0), 'split: the number of parts must be a positive integer, got 0;'],
    [() => split(x, 1.5), 'split: the number of parts must be a positive integer, got 1.5;'],
    [() => split(x, [3, -1]), 'split: sizes must be non-negative integers, got [3, -1].'],
    [() => repeat(x, -1), 'repeat: counts must be non-negative integers, got -1.'],
    [() => tile(x, [1, 0.5]), 'tile: counts must be non-negative integers, got 1, 0.5.'],
  ]);
});

describe('triangles', () => {
  it('keep their side of a diagonal and drop what is on the other, NaN too', async () => {
    const x = tensor([
      [1, 2, NaN],
      [4, 5, 6],
    ]);
    expect(await tril(x).toArray()).toEqual([
      [1, 0, 0],
      [4, 5, 0],
    ]);
    expect(await triu(x, 1).toArray()).toEqual([
      [0, 2, NaN],
      [0, 0, 6],
    ]);
    expect(await tril(x, -1).toArray()).toEqual([
      [0, 0, 0],
      [4, 0, 0],
    ]);
    expect(
      await triu(ones([2, 3, 3], 'bool'), -1)
        .at(1, 2)
        .toArray(),
    ).toEqual([false, true, true]);
    expect(await tril(ones([2, 2], 'uint8')).toArray()).toEqual([
      [1, 0],
      [1, 1],
    ]);
    expect(tril(zeros([0, 4])).shape).toEqual([0, 4]);
  });
  refuse(ShapeError, [[() => tril([1]), 'tril: expected matrices [..., m, n], got [1].']]);
  refuse(ArgumentError, [
    [() => triu(ones([2, 2]), 0.5), 'triu: diagonal must be an integer, got 0.5.'],
    [() => eye(2, { diagonal: NaN }), 'eye: diagonal must be an integer, got NaN.'],
  ]);
});

describe('ranges', () => {
  const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data());
  it('arange counts', async () => {
    expect(await values(arange(4))).toEqual([0, 1, 2, 3]);
    expect(await values(arange(1, 2, 0.25))).toEqual([1, 1.25, 1.5, 1.75]);
    expect(await values(arange(3, 0, -1, 'uint8'))).toEqual([3, 2, 1]);
    expect(await values(arange(-5, 6, 5, 'int32'))).toEqual([-5, 0, 5]);
    expect(arange(0, 1, 0.1).shape).toEqual([10]);
    expect(arange(1, 0).shape).toEqual([0]);
    expect(arange(2, 5).dtype).toBe('float32');
    expect(await values(arange(256, 0, -1, 'uint32'))).toHaveLength(256);
  });
  it('linspace includes both ends', async () => {
    for (const [start, stop, count] of [
      [0.1, 0.7, 7],
      [-1, 1 / 3, 100],
      [5, -2, 2],
    ] as const) {
      for (const dtype of ['float32', 'float64'] as const) {
        const got = await values(linspace(start, stop, count, dtype));
        const round = dtype === 'float32' ? Math.fround : (x: number): number => x;
        expect([got.length, got[0], got.at(-1)]).toEqual([count, round(start), round(stop)]);
        const unit =
          Math.max(Math.abs(start), Math.abs(stop)) * (dtype === 'float32' ? 2 ** -23 : 2 ** -52);
        got.forEach((value, i) => {
          const exact = start + ((stop - start) * i) / (count - 1);
          expect(Math.abs(value - exact)).toBeLessThanOrEqual(1.5 * unit);
        });
      }
    }
    expect(await values(linspace(3, 9, 1))).toEqual([3]);
    expect(await values(linspace(3, 9, 0))).toEqual([]);
    expect(await values(linspace(0, 1, 5))).toEqual([0, 0.25, 0.5, 0.75, 1]);
  });
  it('eye', async () => {
    expect(await eye(2).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(await eye(2, { columns: 3, diagonal: 1, dtype: 'bool' }).toArray()).toEqual([
      [false, true, false],
      [false, false, true],
    ]);
    expect(eye(0, { dtype: 'int32' }).shape).toEqual([0, 0]);
  });
  it('are positions, not data: plans and traces hold no values', async () => {
    const sums = [arange(1000), linspace(0, 1, 1000), eye(30), tril(ones([30, 30]))];
    expect(
      planOf(sums.map((each) => each.sum())).buffers.filter(({ role }) => role === 'input'),
    ).toEqual([]);
    const step = compile((x: Tensor) => x.mul(arange(1, 4)).add(linspace(0, 2, 3)));
    expect(await (await step([1, 1, 1])).toArray()).toEqual([1, 3, 5]);
  });
  refuse(ArgumentError, [
    [
      () => arange(0, 1, 0),
      'arange: start, stop and step must be finite and step not 0, got 0, 1 and 0.',
    ],
    [() => arange(Infinity), 'arange: start, stop and step must be finite'],
    [() => linspace(0, NaN, 3), 'linspace: start and stop must be finite, got 0 and NaN.'],
  ]);
  refuse(ShapeError, [
    [() => linspace(0, 1, -2), 'linspace: extents must be non-negative integers, got [-2].'],
    [() => eye(2, { columns: 0.5 }), 'eye: extents must be non-negative integers, got [2, 0.5].'],
  ]);
  refuse(DataTypeError, [
    [() => arange(0, 1, 0.5, 'int32'), 'arange: int32 does not hold all numbers from 0 to 0.5'],
    [() => arange(0, 300, 1, 'uint8'), 'arange: uint8 does not hold all numbers from 0 to 299'],
    [() => arange(3, -2, -1, 'uint32'), 'arange: uint32 does not hold all numbers from 3 to -1'],
    [() => arange(0, 2, 1, 'bool'), 'arange: got bool, expected a numeric dtype.'],
    [() => linspace(0, 1, 3, 'int32'), 'linspace: got int32, expected a floating-point dtype'],
  ]);
});

describe('products and sums', () => {
  it('dot, outer, rsqrt', async () => {
    expect(await dot([1, 2, 3], [4, 5, 6]).item()).toBe(32);
    expect(await dot(integers, [1, 1, 1]).item()).toBe(6);
    expect(await dot([], []).item()).toBe(0);
    expect(await outer([1, 2], [3, 4, 5]).toArray()).toEqual([
      [3, 4, 5],
      [6, 8, 10],
    ]);
    expect(outer(zeros([0]), ones([2])).shape).toEqual([0, 2]);
    expect(await rsqrt([4, 0.25]).toArray()).toEqual([0.5, 2]);
  });
  it('cumulative sums', async () => {
    const x = tensor([
      [1, 2, 3, 4, 5],
      [10, -20, 30, NaN, 50],
    ]);
    expect(await cumulativeSum(x).toArray()).toEqual([
      [1, 3, 6, 10, 15],
      [10, -10, 20, NaN, NaN],
    ]);
    expect(await cumulativeSum(x, 0).at(1).toArray()).toEqual([11, -18, 33, NaN, 55]);
    expect(await cumulativeSum(integers).toArray()).toEqual([1, 3, 6]);
    expect(cumulativeSum(zeros([2, 0])).shape).toEqual([2, 0]);
    const long = ones([1000], 'uint32');
    const sums = await cumulativeSum(long).data();
    expect(sums.every((each, i) => each === i + 1)).toBe(true);
    expect(planOf([cumulativeSum(long)]).kernels.length).toBeLessThanOrEqual(10);
  });
  refuse(ShapeError, [
    [() => dot([1], [1, 2]), 'dot: the vectors have 1 and 2 elements.'],
    [() => dot([[1]], [1]), 'dot: expected two vectors, got [1, 1] and [1]; matMul'],
    [() => outer(1, [1]), 'outer: expected two vectors, got [] and [1]'],
    [() => cumulativeSum(1), 'cumulativeSum: axis -1 does not exist, a scalar has no axes.'],
  ]);
  refuse(DataTypeError, [
    [() => dot(tensor([1]), truth), 'dot: operands have dtypes float32 and bool; cast one'],
    [() => outer(integers, tensor([1])), 'outer: operands have dtypes int32 and float32'],
    [() => cumulativeSum(truth), 'cumulativeSum: got bool; cast first'],
  ]);
});
