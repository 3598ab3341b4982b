import { ArgumentError, DataTypeError, ShapeError } from '../errors.js';
import {
  broadcastShapes,
  formatShape,
  normalizeAxes,
  normalizeAxis,
  sameShape,
  sizeOf,
  validateShape,
  type Shape,
} from '../shape.js';
import { scalarValue } from './leaf.js';
import { GraphNode } from './node.js';

/** The same elements in row-major order under another shape; one extent may be −1. */
export function reshape(input: GraphNode, shape: Shape): GraphNode {
  const target = inferExtent(input, shape);
  validateShape('reshape', target);
  if (sizeOf(target) !== input.size) {
    throw new ShapeError(
      `reshape: ${formatShape(input.shape)} has ${input.size} elements, ` +
        `${formatShape(shape)} would have ${sizeOf(target)}.`,
    );
  }
  if (sameShape(input.shape, target)) return input;
  return new GraphNode('reshape', [input], {}, target, input.dtype);
}

function inferExtent(input: GraphNode, shape: Shape): Shape {
  const unknown = shape.indexOf(-1);
  if (unknown < 0) return shape;
  const known = sizeOf(shape.filter((_, axis) => axis !== unknown));
  if (known < 0 || known === 0 || input.size % known !== 0) {
    throw new ShapeError(
      `reshape: ${formatShape(input.shape)} with ${input.size} elements does not fit ${formatShape(shape)}.`,
    );
  }
  return shape.map((extent, axis) => (axis === unknown ? input.size / known : extent));
}

/** Axes reordered: output axis i is input axis `permutation[i]`. */
export function transpose(input: GraphNode, permutation: readonly number[]): GraphNode {
  const rank = input.shape.length;
  const axes = permutation.map((axis) => normalizeAxis('transpose', axis, rank));
  if (axes.length !== rank || new Set(axes).size !== rank) {
    throw new ShapeError(
      `transpose: [${permutation.join(', ')}] is not a permutation of the axes of ${formatShape(input.shape)}.`,
    );
  }
  if (axes.every((axis, position) => axis === position)) return input;
  const shape = axes.map((axis) => input.shape[axis]!);
  return new GraphNode('transpose', [input], { permutation: axes }, shape, input.dtype);
}

/** Repeats extents of 1 (and missing leading axes) to fill `shape`. */
export function broadcastTo(input: GraphNode, shape: Shape): GraphNode {
  if (sameShape(input.shape, shape)) return input;
  validateShape('broadcastTo', shape);
  if (!sameShape(broadcastShapes('broadcastTo', input.shape, shape), shape)) {
    throw new ShapeError(
      `broadcastTo: ${formatShape(input.shape)} does not broadcast to ${formatShape(shape)}.`,
    );
  }
  return new GraphNode('broadcastTo', [input], {}, shape, input.dtype);
}

/** Every `steps[axis]`-th element from `starts[axis]`, `shape[axis]` of them. */
export function slice(
  input: GraphNode,
  starts: readonly number[],
  shape: Shape,
  steps: readonly number[] = starts.map(() => 1),
): GraphNode {
  const rank = input.shape.length;
  if (starts.length !== rank || shape.length !== rank || steps.length !== rank) {
    throw new ShapeError(
      `slice: starts, shape and steps need ${rank} entries for ${formatShape(input.shape)}, ` +
        `got ${starts.length}, ${shape.length} and ${steps.length}.`,
    );
  }
  validateShape('slice', shape);
  input.shape.forEach((extent, axis) => {
    const [start, count, step] = [starts[axis]!, shape[axis]!, steps[axis]!];
    const last = start + (count - 1) * step;
    const inside = (position: number): boolean => position >= 0 && position < extent;
    if (!Number.isInteger(start) || !Number.isInteger(step) || step === 0) {
      throw new ArgumentError(
        `slice: starts must be integers and steps non-zero integers, got start ${start}, step ${step} on axis ${axis}.`,
      );
    }
    if (count > 0 && !(inside(start) && inside(last))) {
      throw new ShapeError(
        `slice: elements ${start} to ${last} of axis ${axis} are outside of ${formatShape(input.shape)}.`,
      );
    }
  });
  const whole = sameShape(input.shape, shape) && steps.every((step) => step === 1);
  if (whole) return input;
  return new GraphNode(
    'slice',
    [input],
    { starts: [...starts], steps: [...steps] },
    shape,
    input.dtype,
  );
}

/** `before[axis]` and `after[axis]` elements of `value` around each axis. */
export function pad(
  input: GraphNode,
  before: readonly number[],
  after: readonly number[],
  value = 0,
): GraphNode {
  const rank = input.shape.length;
  if (before.length !== rank || after.length !== rank) {
    throw new ShapeError(
      `pad: needs ${rank} amounts before and after for ${formatShape(input.shape)}, ` +
        `got ${before.length} and ${after.length}.`,
    );
  }
  for (const amount of [...before, ...after]) {
    if (!Number.isInteger(amount) || amount < 0) {
      throw new ArgumentError(
        `pad: amounts must be non-negative integers, got ${amount}; use slice to crop.`,
      );
    }
  }
  const shape = input.shape.map((extent, axis) => extent + before[axis]! + after[axis]!);
  if (sameShape(shape, input.shape)) return input;
  const padding = { before: [...before], value: scalarValue(value, input.dtype) };
  return new GraphNode('pad', [input], padding, shape, input.dtype);
}

/** Elements in reverse order along `axes`. */
export function flip(input: GraphNode, axes: number | readonly number[] | undefined): GraphNode {
  const normalized = normalizeAxes('flip', axes, input.shape.length);
  if (normalized.length === 0) return input;
  return new GraphNode('flip', [input], { axes: normalized }, input.shape, input.dtype);
}

/** Tensors one after another along `axis`; their other extents must agree. */
export function concat(inputs: readonly GraphNode[], axis: number): GraphNode {
  const [first] = inputs;
  if (first === undefined) throw new ArgumentError('concat: needs at least one tensor.');
  const along = normalizeAxis('concat', axis, first.shape.length);
  for (const input of inputs) {
    const fits =
      input.shape.length === first.shape.length &&
      input.shape.every((extent, other) => other === along || extent === first.shape[other]);
    if (!fits) {
      throw new ShapeError(
        `concat: shapes ${inputs.map(({ shape }) => formatShape(shape)).join(', ')} differ outside of axis ${along}.`,
      );
    }
    if (input.dtype !== first.dtype) {
      throw new DataTypeError(
        `concat: dtypes ${first.dtype} and ${input.dtype} differ; cast first.`,
      );
    }
  }
  return concatTree(inputs, along);
}

/** How many tensors one node puts together. More become a tree, whose parts a planner can store. */
const concatFanIn = 3;

function concatTree(inputs: readonly GraphNode[], axis: number): GraphNode {
  const [first] = inputs as [GraphNode];
  if (inputs.length === 1) return first;
  if (inputs.length > concatFanIn) {
    const span = Math.ceil(inputs.length / concatFanIn);
    const parts: GraphNode[] = [];
    for (let start = 0; start < inputs.length; start += span) {
      parts.push(concatTree(inputs.slice(start, start + span), axis));
    }
    return concatTree(parts, axis);
  }
  const total = inputs.reduce((sum, input) => sum + input.shape[axis]!, 0);
  const shape = first.shape.map((extent, other) => (other === axis ? total : extent));
  return new GraphNode('concat', inputs, { axis }, shape, first.dtype);
}
