import { scatterAdd, zeros, type Shape, type Tensor } from '@gradus/core';
import { permuted } from './matrices.js';
import type { RuleTable } from './rule.js';

/** The rules of movement: elements go back to where they came from, and add up where one went to many. */
export const movementRules = {
  reshape: [(dy, _, x) => dy.reshape(x.shape)],
  transpose: [
    (dy, { attributes: { permutation } }) =>
      permuted(
        dy,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ],
  broadcastTo: [(dy, _, x) => sumTo(dy, x.shape)],
  slice: [(dy, { attributes: { starts, steps } }, x) => unslice(dy, starts, steps, x.shape)],
  pad: [(dy, { attributes: { before } }, x) => dy.slice(before, x.shape)],
  flip: [(dy, { attributes: { axes } }) => dy.flip(axes)],
  concat: (dy, { attributes: { axis } }, ...inputs) => {
    let start = 0;
    return inputs.map(({ shape }) => {
      const part = dy.slice(
        dy.shape.map((_, other) => (other === axis ? start : 0)),
        shape,
      );
      start += shape[axis]!;
      return part;
    });
  },
  gather: [
    (dy, { attributes: { axis } }, x, indices) =>
      scatterAdd(indices, dy, { axis, extent: x.shape[axis]! }),
  ],
} satisfies Partial<RuleTable>;

/** Σ over the axes along which `shape` was repeated to become that of dy. */
function sumTo(dy: Tensor, shape: Shape): Tensor {
  const missing = dy.rank - shape.length;
  const repeated = dy.shape.flatMap((extent, axis) =>
    axis < missing || extent !== shape[axis - missing] ? [axis] : [],
  );
  return dy.sum(repeated).reshape(shape);
}

/** Zeros of `shape` whose elements from `starts` on, every `steps`-th, are those of dy. */
function unslice(
  dy: Tensor,
  starts: readonly number[],
  steps: readonly number[],
  shape: Shape,
): Tensor {
  if (dy.size === 0) return zeros(shape, dy.dtype);
  const backward = steps.flatMap((step, axis) => (step < 0 ? [axis] : []));
  const spread = dilate(dy.flip(backward), steps.map(Math.abs));
  const before = starts.map((start, axis) =>
    steps[axis]! < 0 ? start + (dy.shape[axis]! - 1) * steps[axis]! : start,
  );
  const after = shape.map((extent, axis) => extent - before[axis]! - spread.shape[axis]!);
  return spread.pad(before, after);
}

/** `steps[axis]` − 1 zeros between the neighbours along each axis. */
function dilate(x: Tensor, steps: readonly number[]): Tensor {
  if (steps.every((step) => step === 1)) return x;
  const pairs = x.reshape(x.shape.flatMap((extent) => [extent, 1]));
  const none = pairs.shape.map(() => 0);
  const padded = pairs.pad(
    none,
    steps.flatMap((step) => [0, step - 1]),
  );
  const merged = padded.reshape(x.shape.map((extent, axis) => extent * steps[axis]!));
  const trimmed = x.shape.map((extent, axis) => (extent - 1) * steps[axis]! + 1);
  return merged.slice(
    x.shape.map(() => 0),
    trimmed,
  );
}
