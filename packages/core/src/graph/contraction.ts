import type { ReductionOperation } from '../backend/kernels.js';
import { DataTypeError, ShapeError } from '../errors.js';
import { broadcastShapes, formatShape, normalizeAxes, normalizeAxis } from '../shape.js';
import { broadcastTo, reshape } from './movement.js';
import { GraphNode } from './node.js';

type ValueReduction = Exclude<ReductionOperation, 'argMax' | 'argMin'>;

/** Combines the elements along `axes` (all when left out), which disappear from the shape. */
export function reduce(
  operation: ValueReduction,
  input: GraphNode,
  axes?: number | readonly number[],
): GraphNode {
  const reduced = normalizeAxes(operation, axes, input.shape.length);
  const sums = operation === 'sum' || operation === 'product';
  if (sums && input.dtype === 'bool') {
    throw new DataTypeError(`${operation}: got bool; cast first, e.g. x.cast('int32').`);
  }
  if (!sums && reduced.some((axis) => input.shape[axis] === 0)) {
    throw new ShapeError(
      `${operation}: ${formatShape(input.shape)} has no elements along axes [${reduced.join(', ')}], so no ${operation}.`,
    );
  }
  const shape = input.shape.filter((_, axis) => !reduced.includes(axis));
  // There is nothing to combine along axes of extent 1.
  if (reduced.every((axis) => input.shape[axis] === 1)) return reshape(input, shape);
  return new GraphNode(operation, [input], { axes: reduced }, shape, input.dtype);
}

/** The int32 position of the first greatest or least element along one axis. */
export function argReduce(
  operation: 'argMax' | 'argMin',
  input: GraphNode,
  axis: number,
): GraphNode {
  const along = normalizeAxis(operation, axis, input.shape.length);
  if (input.shape[along] === 0) {
    throw new ShapeError(
      `${operation}: ${formatShape(input.shape)} has no elements along axis ${along}.`,
    );
  }
  const shape = input.shape.filter((_, other) => other !== along);
  return new GraphNode(operation, [input], { axes: [along] }, shape, 'int32');
}

/** The product of matrices of at least rank 2; leading axes broadcast. */
export function matMul(left: GraphNode, right: GraphNode): GraphNode {
  const [a, b] = [left.shape, right.shape];
  if (a.length < 2 || b.length < 2) {
    throw new ShapeError(
      `matMul: operands need at least rank 2, got ${formatShape(a)} and ${formatShape(b)}; reshape vectors to matrices.`,
    );
  }
  if (left.dtype !== right.dtype || left.dtype === 'bool') {
    throw new DataTypeError(
      `matMul: operands have dtypes ${left.dtype} and ${right.dtype}, expected one numeric dtype; cast first.`,
    );
  }
  const [m, k] = [a[a.length - 2]!, a[a.length - 1]!];
  const [inner, n] = [b[b.length - 2]!, b[b.length - 1]!];
  if (k !== inner) {
    throw new ShapeError(
      `matMul: shapes ${formatShape(a)} and ${formatShape(b)} do not fit: ` +
        `the left has ${k} columns, the right ${inner} rows.`,
    );
  }
  const batch = broadcastShapes('matMul', a.slice(0, -2), b.slice(0, -2));
  const inputs = [broadcastTo(left, [...batch, m, k]), broadcastTo(right, [...batch, k, n])];
  return new GraphNode('matMul', inputs, {}, [...batch, m, n], left.dtype);
}

/** The slices of `input` along `axis` named by int32 `indices`: out of range gives NaN (or 0). */
export function gather(input: GraphNode, indices: GraphNode, axis: number): GraphNode {
  const along = normalizeAxis('gather', axis, input.shape.length);
  checkIndices('gather', indices);
  const shape = [...input.shape.slice(0, along), ...indices.shape, ...input.shape.slice(along + 1)];
  return new GraphNode('gather', [input, indices], { axis: along }, shape, input.dtype);
}

/**
 * Zeros with `extent` slices along `axis`, to which the slices of `updates` are added where
 * `indices` says; the gradient of `gather`. Indices out of range are skipped.
 */
export function scatterAdd(
  indices: GraphNode,
  updates: GraphNode,
  axis: number,
  extent: number,
): GraphNode {
  checkIndices('scatterAdd', indices);
  const rank = updates.shape.length - indices.shape.length + 1;
  if (rank < 1) {
    throw new ShapeError(
      `scatterAdd: indices ${formatShape(indices.shape)} have more axes than updates ${formatShape(updates.shape)}.`,
    );
  }
  const along = normalizeAxis('scatterAdd', axis, rank);
  const named = updates.shape.slice(along, along + indices.shape.length);
  if (formatShape(named) !== formatShape(indices.shape)) {
    throw new ShapeError(
      `scatterAdd: updates ${formatShape(updates.shape)} do not hold indices ${formatShape(indices.shape)} from axis ${along} on.`,
    );
  }
  if (updates.dtype === 'bool')
    throw new DataTypeError('scatterAdd: bool updates cannot be added.');
  const shape = [
    ...updates.shape.slice(0, along),
    extent,
    ...updates.shape.slice(along + indices.shape.length),
  ];
  return new GraphNode('scatterAdd', [indices, updates], { axis: along }, shape, updates.dtype);
}

function checkIndices(operation: string, indices: GraphNode): void {
  if (indices.dtype !== 'int32') {
    throw new DataTypeError(
      `${operation}: indices must be int32, got ${indices.dtype}; cast first.`,
    );
  }
}
