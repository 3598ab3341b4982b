import { concat } from '@gradus/core';
import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { grad } from '../src/index.js';
import type { movementRules } from '../src/rules/movement.js';
import {
  axesOf,
  broadcastable,
  describeRules,
  exact,
  shapes,
  shapesOfRank,
  useCpu,
  valuesOf,
  type Differentiable,
  type Example,
  type Operation,
} from './support.js';

beforeAll(useCpu);

/** An operation of one tensor, whose attributes depend on its shape. */
function ofShape(choose: (shape: number[]) => fc.Arbitrary<Operation>): fc.Arbitrary<Example> {
  return shapes
    .chain((shape) => fc.tuple(choose(shape), valuesOf(shape)))
    .map(([operation, x]) => ({ operation, inputs: [x] }));
}

/** `count` elements, every `step`-th, with room in front and behind: the axis follows from them. */
const range = fc
  .record({
    count: fc.noBias(fc.integer({ min: 1, max: 3 })),
    step: fc.constantFrom(1, 2, 3, -1, -2),
    front: fc.noBias(fc.nat({ max: 2 })),
    behind: fc.noBias(fc.nat({ max: 2 })),
  })
  .map(({ count, step, front, behind }) => {
    const span = (count - 1) * Math.abs(step);
    return {
      start: step > 0 ? front : front + span,
      count,
      step,
      extent: front + span + 1 + behind,
    };
  });

const amounts = (shape: readonly number[]): fc.Arbitrary<number[]> =>
  fc.array(fc.noBias(fc.nat({ max: 2 })), { minLength: shape.length, maxLength: shape.length });

const examples: Record<Differentiable<typeof movementRules>, fc.Arbitrary<Example>> = {
  reshape: ofShape((shape) =>
    fc.constantFrom([-1], [1, ...shape], [...shape, 1]).map((to) => (x) => x.reshape(to)),
  ),
  transpose: ofShape((shape) => {
    const axes = shape.map((_, axis) => axis);
    return fc
      .shuffledSubarray(axes, { minLength: axes.length })
      .map((permutation) => (x) => x.transpose(permutation));
  }),
  broadcastTo: shapes
    .chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        broadcastable(shape).chain((from) => valuesOf(from)),
      ),
    )
    .map(([shape, x]) => ({ operation: (input) => input.broadcastTo(shape), inputs: [x] })),
  slice: fc
    .array(range, { minLength: 1, maxLength: 2 })
    .chain((ranges) => fc.tuple(fc.constant(ranges), valuesOf(ranges.map(({ extent }) => extent))))
    .map(([ranges, x]) => {
      const starts = ranges.map(({ start }) => start);
      const counts = ranges.map(({ count }) => count);
      const steps = ranges.map(({ step }) => step);
      return { operation: (input) => input.slice(starts, counts, steps), inputs: [x] };
    }),
  pad: ofShape((shape) =>
    fc.tuple(amounts(shape), amounts(shape)).map(
      ([before, after]) =>
        (x) =>
          x.pad(before, after, 7),
    ),
  ),
  flip: ofShape((shape) => axesOf(shape).map((axes) => (x) => x.flip(axes))),
  concat: shapesOfRank(3)
    .chain((shape) =>
      fc.tuple(
        fc.nat({ max: 2 }),
        fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 }),
        fc.constant(shape),
      ),
    )
    .chain(([axis, extents, shape]) =>
      fc
        .tuple(...extents.map((extent) => valuesOf(shape.with(axis, extent))))
        .map((inputs) => ({ operation: (...parts) => concat(parts, axis), inputs })),
    ),
  gather: ofShape((shape) => {
    const [axis, extent] = [shape.length - 1, shape.at(-1) ?? 0];
    const index = fc.integer({ min: 0, max: Math.max(extent - 1, 0) });
    const indices = fc.array(fc.array(index, { minLength: 3, maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    });
    return indices.map((rows) => (x) => (axis < 0 ? x : x.gather(rows, axis)));
  }),
};

describeRules(examples);

test('a slice of nothing gives zeros', async () => {
  const [x, y] = [exact([1, 2, 3]), exact([4])];
  const [dx, dy] = grad(concat([x.slice([2], [0], [-2]), y]).sum(), [x, y]);
  expect(await dx.toArray()).toEqual([0, 0, 0]);
  expect(await dy.toArray()).toEqual([1]);
});
