import { isPrimitive, type GraphNode } from '../graph/node.js';
import { sameShape, stridesOf } from '../shape.js';
import { kindOf, resolvedInputs } from './describe.js';
import {
  add,
  axisIndex,
  axisStrides,
  constantIndex,
  flatten,
  scale,
  unflatten,
  type Linear,
} from './linear.js';

/**
 * Where element `indices` of a movement node comes from in its input, for the movements that are
 * pure index arithmetic; `undefined` for padding, concatenation and gathering.
 */
export function sourceIndices(node: GraphNode, indices: readonly Linear[]): Linear[] | undefined {
  const [input] = resolvedInputs(node);
  if (input === undefined) return undefined;
  if (isPrimitive(node, 'reshape')) return unflatten(flatten(indices, node.shape), input.shape);
  if (isPrimitive(node, 'transpose')) {
    const source = new Array<Linear>(indices.length);
    node.attributes.permutation.forEach((axis, position) => (source[axis] = indices[position]!));
    return source;
  }
  if (isPrimitive(node, 'broadcastTo')) {
    const missing = node.shape.length - input.shape.length;
    return input.shape.map((extent, axis) =>
      extent === 1 ? constantIndex(0) : indices[missing + axis]!,
    );
  }
  if (isPrimitive(node, 'slice')) {
    const { starts, steps } = node.attributes;
    return indices.map((index, axis) =>
      add(scale(index, steps[axis]!), constantIndex(starts[axis]!)),
    );
  }
  if (isPrimitive(node, 'flip')) {
    const { axes } = node.attributes;
    return indices.map((index, axis) =>
      axes.includes(axis) ? add(scale(index, -1), constantIndex(node.shape[axis]! - 1)) : index,
    );
  }
  return undefined;
}

/** Coordinates of every element of a tensor of `shape`, its axes numbered from `firstAxis`. */
export function ownIndices(shape: readonly number[], firstAxis = 0): Linear[] {
  return shape.map((extent, axis) => axisIndex(firstAxis + axis, extent));
}

/** A matrix operand as strides over memory that exists. */
export interface OperandView {
  readonly base: GraphNode;
  readonly offset: number;
  /** Per axis of the operand; the last two are rows and columns. */
  readonly strides: readonly number[];
}

/**
 * The operand as a strided view of a node further down, through transposes, reshapes, slices and
 * broadcasts, so that matrix products need no copies; `undefined` if it is not one whose rows or
 * columns are contiguous.
 */
export function operandView(operand: GraphNode): OperandView | undefined {
  let base = operand;
  let indices: readonly Linear[] = ownIndices(operand.shape);
  while (kindOf(base) === 'movement') {
    const source = sourceIndices(base, indices);
    if (source === undefined) break;
    indices = source;
    base = resolvedInputs(base)[0]!;
    // What no strides describe now, hardly any will further down, while the indices grow and grow.
    if (axisStrides(flatten(indices, base.shape), operand.shape.length) === undefined)
      return undefined;
  }
  if (kindOf(base) === 'inline') return undefined;
  const rank = operand.shape.length;
  const affine = axisStrides(flatten(indices, base.shape), rank);
  if (affine === undefined || affine.strides.some((stride) => stride < 0)) return undefined;
  const contiguous = [rank - 2, rank - 1].some(
    (axis) => affine.strides[axis] === 1 || operand.shape[axis] === 1,
  );
  return contiguous ? { base, ...affine } : undefined;
}

/** The node whose memory a product or window reads for an operand. */
export function operandMemory(host: GraphNode, operand: GraphNode): GraphNode {
  const view = operandView(operand);
  if (view === undefined) return operand;
  // Windows move over contiguous images; products take strides.
  const fits =
    kindOf(host) === 'matMul' ||
    (view.offset === 0 && sameShape(view.strides, stridesOf(operand.shape)));
  return fits ? view.base : operand;
}
