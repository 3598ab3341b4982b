import { beforeEach, describe, expect, it } from 'vitest';
import {
  compile,
  concat,
  conv2d,
  inspectPlan,
  iota,
  ones,
  oneHot,
  planOf,
  scatterAdd,
  setDefaultDevice,
  softmax,
  stack,
  tensor,
  Variable,
  where,
  zeros,
  type Capabilities,
  type NestedArray,
  type Tensor,
} from '../src/index.js';
import { interpreter } from './support/interpreter.js';

const everything: Partial<Capabilities> = {
  kernels: ['map', 'reduce', 'scatterAdd', 'matMul', 'conv2d', 'pool2d', 'unpool2d'],
};
const none = zeros([0, 3]);

describe.each([
  ['all kernels lowered', {}],
  ['all kernels compiled', everything],
])('tensors without elements, %s', (_, capabilities) => {
  beforeEach(() => setDefaultDevice(interpreter(capabilities)));

  it.each<[string, () => Tensor, readonly number[], NestedArray]>([
    ['elementwise', () => none.add(1).mul(none).exp(), [0, 3], []],
    ['broadcast', () => none.add(zeros([1, 3])), [0, 3], []],
    ['from one row to none', () => zeros([1, 3]).broadcastTo([0, 3]), [0, 3], []],
    ['where', () => where(none.less(1), none, 2), [0, 3], []],
    ['cast', () => none.cast('int32'), [0, 3], []],
    ['reshape', () => none.reshape([3, 0, 2]), [3, 0, 2], [[], [], []]],
    ['transpose', () => none.transpose(), [3, 0], [[], [], []]],
    ['flip', () => none.flip(), [0, 3], []],
    ['slice', () => ones([2, 3]).slice([1, 0], [0, 3]), [0, 3], []],
    ['at', () => ones([2]).at([2]), [0], []],
    ['pad', () => zeros([0]).pad([1], [1], 7), [2], [7, 7]],
    ['pad of nothing to nothing', () => none.pad([0, 1], [0, 0]), [0, 4], []],
    ['concat', () => concat([zeros([0]), ones([2]), zeros([0])]), [2], [1, 1]],
    ['concat of nothing', () => concat([none, none], 1), [0, 6], []],
    ['stack', () => stack([zeros([0]), zeros([0])]), [2, 0], [[], []]],
    ['sum of nothing', () => none.sum(0), [3], [0, 0, 0]],
    ['product of nothing', () => none.product(0).mul(2), [3], [2, 2, 2]],
    ['nothing summed', () => none.sum(1), [0], []],
    ['nothing’s maxima', () => none.max(1), [0], []],
    ['nothing’s positions', () => none.argMax(1), [0], []],
    ['mean of nothing', () => none.mean(0), [3], [NaN, NaN, NaN]],
    ['softmax', () => softmax(none), [0, 3], []],
    [
      'matMul without depth',
      () =>
        zeros([2, 0])
          .matMul(zeros([0, 2]))
          .add(1),
      [2, 2],
      [
        [1, 1],
        [1, 1],
      ],
    ],
    ['matMul without rows', () => none.matMul(ones([3, 2])), [0, 2], []],
    ['matMul without a batch', () => zeros([0, 2, 2]).matMul(ones([2, 2])), [0, 2, 2], []],
    ['gather nothing', () => ones([2, 3]).gather(iota([0])), [0, 3], []],
    [
      'gather from nothing',
      () => none.gather([0, -1]),
      [2, 3],
      [
        [NaN, NaN, NaN],
        [NaN, NaN, NaN],
      ],
    ],
    ['gather integers from nothing', () => iota([0]).gather([0]), [1], [0]],
    [
      'scatter nothing',
      () => scatterAdd(iota([0]), none, { extent: 2 }),
      [2, 3],
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    ],
    ['scatter to nowhere', () => scatterAdd([0, 1], ones([2, 3]), { extent: 0 }), [0, 3], []],
    ['oneHot', () => oneHot(iota([0]), 3), [0, 3], []],
    ['iota', () => iota([2, 0], 1), [2, 0], [[], []]],
    ['a scalar from nothing', () => none.exp().sum().add(1), [], 1],
    [
      'convolution without images',
      () => conv2d(zeros([0, 1, 3, 3]), ones([1, 1, 2, 2])),
      [0, 1, 2, 2],
      [],
    ],
    [
      'convolution without channels',
      () => conv2d(zeros([1, 0, 2, 2]), ones([1, 0, 2, 2])),
      [1, 1, 1, 1],
      [[[[0]]]],
    ],
    [
      'convolution without filters',
      () => conv2d(ones([1, 1, 2, 2]), zeros([0, 1, 2, 2])),
      [1, 0, 1, 1],
      [[]],
    ],
  ])('%s', async (_name, build, shape, values) => {
    const made = build();
    expect(made.shape).toEqual(shape);
    expect(await made.toArray()).toEqual(values);
    // And as part of something larger, planned in one go.
    const total = build().cast('float32').mul(2).sum().add(build().cast('float32').sum());
    const expected = Array.from(await made.cast('float32').data()).reduce((sum, x) => sum + x, 0);
    expect(await total.item()).toBe(3 * expected);
  });

  it('need nothing to be computed', () => {
    const costly = ones([3, 3]).exp().sum(0).exp();
    expect(planOf([costly.broadcastTo([0, 3]).add(1)]).kernels).toHaveLength(0);
    expect(planOf([costly.broadcastTo([0, 3]).sum(0)]).kernels).toHaveLength(1);
    expect(inspectPlan(planOf([none.add(1)]))).toContain('0 kernels');
  });

  it('go into variables and through compiled functions', async () => {
    const w = new Variable(zeros([0]), { name: 'empty' });
    const step = compile((x: Tensor) => {
      w.assign(w.value.add(x));
      return { w: w.value, size: x.sum() };
    });
    const { w: value, size } = await step(new Float32Array(0));
    expect([await value.toArray(), await size.item()]).toEqual([[], 0]);
    expect([...(await w.data())]).toEqual([]);
  });
});

describe('a scalar', () => {
  beforeEach(() => setDefaultDevice(interpreter()));

  it('goes through every operation', async () => {
    const x = tensor(2);
    const results = [
      x.add(1),
      x.transpose(),
      x.flip(),
      x.reshape([]),
      x.sum(),
      x.max([]),
      x.broadcastTo([]),
      x.at(),
      x.slice([], []),
      x.pad([], []),
      x.squeeze(),
      x.cast('int32'),
      stack([x, x]).at(1),
      x.expandDims(0).argMax(0),
      where(x.less(3), x, 0),
      scatterAdd(0, x, { extent: 1 }).at(0),
      tensor([5, 2]).gather(1),
    ];
    const values = await Promise.all(results.map((each) => each.item()));
    expect(values).toEqual([3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 2, 2, 2]);
    for (const { shape } of results) expect(shape).toEqual([]);
  });
});
