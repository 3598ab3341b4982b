import { ArgumentError, ShapeError } from '../errors.js';
import { iota, where } from '../operations.js';
import { formatShape, normalizeAxis } from '../shape.js';
import { asTensor, type Tensor } from '../tensor.js';
import type { TensorLike } from '../tensor-like.js';

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0;

/**
 * Consecutive parts of `x` along `axis`; what `concat` puts together again.
 *
 * @param parts How many parts of one size, or the size of each.
 * @throws ShapeError when equal parts do not come out even or sizes do not add up to the extent;
 *   ArgumentError for a number of parts that is no positive integer and for negative sizes.
 */
export function split(x: TensorLike, parts: number | readonly number[], axis = 0): Tensor[] {
  const input = asTensor(x);
  const along = normalizeAxis('split', axis, input.rank);
  const sizes = typeof parts === 'number' ? equalSizes(input, parts, along) : parts;
  checkSizes(input, sizes, along);
  let start = 0;
  return sizes.map((size) => {
    const starts = input.shape.map((_, other) => (other === along ? start : 0));
    start += size;
    return input.slice(
      starts,
      input.shape.map((extent, other) => (other === along ? size : extent)),
    );
  });
}

function equalSizes({ shape }: Tensor, parts: number, axis: number): number[] {
  const extent = shape[axis]!;
  if (!isCount(parts) || parts === 0) {
    throw new ArgumentError(
      `split: the number of parts must be a positive integer, got ${parts}; ` +
        `an array gives the size of each part.`,
    );
  }
  if (extent % parts !== 0) {
    throw new ShapeError(
      `split: axis ${axis} of ${formatShape(shape)} does not divide into ${parts} equal parts; ` +
        `give the size of each part.`,
    );
  }
  return new Array<number>(parts).fill(extent / parts);
}

function checkSizes({ shape }: Tensor, sizes: readonly number[], axis: number): void {
  if (!sizes.every(isCount)) {
    throw new ArgumentError(
      `split: sizes must be non-negative integers, got [${sizes.join(', ')}].`,
    );
  }
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== shape[axis]) {
    throw new ShapeError(
      `split: sizes [${sizes.join(', ')}] add up to ${total}, but axis ${axis} of ` +
        `${formatShape(shape)} has ${shape[axis]!} elements.`,
    );
  }
}

/**
 * Each slice along `axis` `count` times in a row, as NumPy's `repeat`: 1 2 becomes 1 1 2 2.
 *
 * @throws ArgumentError unless `count` is a non-negative integer, ShapeError for an axis that does
 *   not exist.
 */
export function repeat(x: TensorLike, count: number, axis = 0): Tensor {
  const input = asTensor(x);
  const along = normalizeAxis('repeat', axis, input.rank);
  checkCounts('repeat', [count]);
  const [before, extent, after] = [
    input.shape.slice(0, along),
    input.shape[along]!,
    input.shape.slice(along + 1),
  ];
  return input
    .expandDims(along + 1)
    .broadcastTo([...before, extent, count, ...after])
    .reshape([...before, extent * count, ...after]);
}

/**
 * `x` laid out `counts[axis]` times along each axis, as NumPy's `tile`: 1 2 becomes 1 2 1 2. The
 * counts belong to the last axes; the others have 1, and new leading axes appear where there are
 * more counts than axes.
 *
 * @throws ArgumentError unless all counts are non-negative integers.
 */
export function tile(x: TensorLike, counts: number | readonly number[]): Tensor {
  const input = asTensor(x);
  const given = typeof counts === 'number' ? [counts] : counts;
  checkCounts('tile', given);
  const rank = Math.max(input.rank, given.length);
  const shape = padded(input.shape, rank);
  const times = padded(given, rank);
  return input
    .reshape(shape.flatMap((extent) => [1, extent]))
    .broadcastTo(shape.flatMap((extent, axis) => [times[axis]!, extent]))
    .reshape(shape.map((extent, axis) => times[axis]! * extent));
}

function padded(values: readonly number[], length: number): number[] {
  return [...new Array<number>(length - values.length).fill(1), ...values];
}

function checkCounts(operation: string, counts: readonly number[]): void {
  if (counts.every(isCount)) return;
  throw new ArgumentError(
    `${operation}: counts must be non-negative integers, got ${counts.join(', ')}.`,
  );
}

/**
 * The lower triangles of matrices `[…, m, n]`, zeros (false for bool) elsewhere:
 * `tril(ones([n, n], 'bool'))` is the mask of a causal attention.
 *
 * @param diagonal The last diagonal kept: 0 is the main one, positive ones are above it.
 * @throws ShapeError below rank 2, ArgumentError unless `diagonal` is an integer.
 */
export function tril(x: TensorLike, diagonal = 0): Tensor {
  const { input, rows, columns } = matrices('tril', x, diagonal);
  return where(columns.lessEqual(rows.add(diagonal)), input, 0);
}

/**
 * The upper triangles of matrices `[…, m, n]`, zeros (false for bool) elsewhere.
 *
 * @param diagonal The first diagonal kept: 0 is the main one, positive ones are above it.
 * @throws ShapeError below rank 2, ArgumentError unless `diagonal` is an integer.
 */
export function triu(x: TensorLike, diagonal = 0): Tensor {
  const { input, rows, columns } = matrices('triu', x, diagonal);
  return where(columns.greaterEqual(rows.add(diagonal)), input, 0);
}

function matrices(
  operation: string,
  x: TensorLike,
  diagonal: number,
): { input: Tensor; rows: Tensor; columns: Tensor } {
  const input = asTensor(x);
  if (input.rank < 2) {
    throw new ShapeError(
      `${operation}: expected matrices [..., m, n], got ${formatShape(input.shape)}.`,
    );
  }
  if (!Number.isInteger(diagonal)) {
    throw new ArgumentError(`${operation}: diagonal must be an integer, got ${diagonal}.`);
  }
  const shape = input.shape.slice(-2);
  return { input, rows: iota(shape, 0), columns: iota(shape, 1) };
}
