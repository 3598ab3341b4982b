import { concat } from '@gradus/core';
import * as fc from 'fast-check';
import { beforeAll } from 'vitest';
import type { movementRules } from '../src/rules/movement.js';
import {
  axesOf,
  broadcastable,
  describeRules,
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

/** Start, count and step along an axis, forwards or backwards, perhaps of nothing. */
function range(extent: number): fc.Arbitrary<{ start: number; count: number; step: number }> {
  const step = fc.constantFrom(1, 2, 3, -1, -2);
  return fc.tuple(fc.nat({ max: extent - 1 }), step).chain(([start, chosen]) => {
    const most = 1 + Math.floor((chosen > 0 ? extent - 1 - start : start) / Math.abs(chosen));
    return fc.nat({ max: most }).map((count) => ({ start, count, step: chosen }));
  });
}

const amounts = (shape: readonly number[]): fc.Arbitrary<number[]> =>
  fc.array(fc.nat({ max: 2 }), { minLength: shape.length, maxLength: shape.length });

const examples: Record<Differentiable<typeof movementRules>, fc.Arbitrary<Example>> = {
  reshape: ofShape((shape) =>
    fc.constantFrom([-1], [1, ...shape], [...shape, 1]).map((to) => (x) => x!.reshape(to)),
  ),
  transpose: ofShape((shape) => {
    const axes = shape.map((_, axis) => axis);
    return fc
      .shuffledSubarray(axes, { minLength: axes.length })
      .map((permutation) => (x) => x!.transpose(permutation));
  }),
  broadcastTo: shapes
    .chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        broadcastable(shape).chain((from) => valuesOf(from)),
      ),
    )
    .map(([shape, x]) => ({ operation: (input) => input!.broadcastTo(shape), inputs: [x] })),
  slice: ofShape((shape) =>
    fc.tuple(...shape.map(range)).map((ranges) => {
      const starts = ranges.map(({ start }) => start);
      const counts = ranges.map(({ count }) => count);
      const steps = ranges.map(({ step }) => step);
      return (x) => x!.slice(starts, counts, steps);
    }),
  ),
  pad: ofShape((shape) =>
    fc.tuple(amounts(shape), amounts(shape)).map(
      ([before, after]) =>
        (x) =>
          x!.pad(before, after, 7),
    ),
  ),
  flip: ofShape((shape) => axesOf(shape).map((axes) => (x) => x!.flip(axes))),
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
    return indices.map((rows) => (x) => (axis < 0 ? x! : x!.gather(rows, axis)));
  }),
};

describeRules(examples);
