import { ShapeError } from './errors.js';

/** The extents of a tensor, outermost first. A scalar has the shape `[]`. */
export type Shape = readonly number[];

/** How many elements a tensor of `shape` has. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const extent of shape) size *= extent;
  return size;
}

/** Row-major strides of a contiguous tensor of `shape`, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** `[2, 3]` as people write it. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** Throws a `ShapeError` unless every extent is a non-negative integer. */
export function validateShape(operation: string, shape: Shape): void {
  for (const extent of shape) {
    if (!Number.isInteger(extent) || extent < 0) {
      throw new ShapeError(
        `${operation}: extents must be non-negative integers, got ${formatShape(shape)}.`,
      );
    }
  }
}

/**
 * The shape two or more shapes broadcast to by NumPy's rule: aligned at the last axis, extents
 * equal or 1. Throws a `ShapeError` that names `operation` and the shapes.
 */
export function broadcastShapes(operation: string, ...shapes: Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let axis = 0; axis < shape.length; axis++) {
      const target = rank - shape.length + axis;
      const extent = shape[axis]!;
      if (result[target] === 1) result[target] = extent;
      else if (extent !== 1 && extent !== result[target]) {
        throw new ShapeError(
          `${operation}: shapes ${shapes.map(formatShape).join(' and ')} do not broadcast: ` +
            `axis ${target - rank} has extents ${result[target]} and ${extent}. ` +
            `Extents must be equal, or one of them 1.`,
        );
      }
    }
  }
  return result;
}

/** `axis` counted from the front; negative axes count from the back. */
export function normalizeAxis(operation: string, axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || normalized < 0 || normalized >= rank) {
    throw new ShapeError(
      rank === 0
        ? `${operation}: axis ${axis} does not exist, a scalar has no axes.`
        : `${operation}: axis ${axis} is outside ${-rank}…${rank - 1} for a tensor of rank ${rank}.`,
    );
  }
  return normalized;
}

/** Sorted, distinct, non-negative axes; all of them when `axes` is left out. */
export function normalizeAxes(
  operation: string,
  axes: number | readonly number[] | undefined,
  rank: number,
): number[] {
  if (axes === undefined) return Array.from({ length: rank }, (_, axis) => axis);
  const list = typeof axes === 'number' ? [axes] : axes;
  const normalized = list.map((axis) => normalizeAxis(operation, axis, rank));
  const distinct = [...new Set(normalized)].sort((a, b) => a - b);
  if (distinct.length !== normalized.length) {
    throw new ShapeError(`${operation}: axes [${list.join(', ')}] name an axis twice.`);
  }
  return distinct;
}
