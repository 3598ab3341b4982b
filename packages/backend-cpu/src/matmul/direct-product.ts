import { roundTo, type DataType } from '@gradus/core/backend';
import type { BlockShape, Matrix } from './matrix.js';

/**
 * Adds left · right to `tile` without packing, for operands too thin for that to pay. Every element
 * is summed in the order of `depth`, so the result is the packed product's, bit for bit.
 */
export function addDirectProduct(
  tile: Float64Array,
  left: Matrix,
  right: Matrix,
  { rows, columns, depth, stride }: BlockShape,
): void {
  const rowsInOrder = right.columnStride === 1 && columns > 1;
  const add = rowsInOrder ? addRows : addDots;
  for (let row = 0; row < rows; row++) {
    const start = left.offset + row * left.rowStride;
    add(tile, row * stride, { ...left, offset: start }, right, columns, depth);
  }
}

/** One row of the product as a sum of rows of `right`, which lie contiguous. */
function addRows(
  tile: Float64Array,
  target: number,
  left: Matrix,
  right: Matrix,
  columns: number,
  depth: number,
): void {
  for (let k = 0; k < depth; k++) {
    const factor = left.array[left.offset + k * left.columnStride]!;
    const from = right.offset + k * right.rowStride;
    for (let column = 0; column < columns; column++) {
      tile[target + column] = tile[target + column]! + factor * right.array[from + column]!;
    }
  }
}

/** One row of the product, each element a dot product. */
function addDots(
  tile: Float64Array,
  target: number,
  left: Matrix,
  right: Matrix,
  columns: number,
  depth: number,
): void {
  for (let column = 0; column < columns; column++) {
    let sum = tile[target + column]!;
    let l = left.offset;
    let r = right.offset + column * right.columnStride;
    for (let k = 0; k < depth; k++) {
      sum += left.array[l]! * right.array[r]!;
      l += left.columnStride;
      r += right.rowStride;
    }
    tile[target + column] = sum;
  }
}

/** The product of integers of type `dtype`, which wrap, into `tile`. */
export function storeIntegerProduct(
  tile: Float64Array,
  dtype: DataType,
  left: Matrix,
  right: Matrix,
  { rows, columns, depth, stride }: BlockShape,
): void {
  const wrap = roundTo[dtype];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      let l = left.offset + row * left.rowStride;
      let r = right.offset + column * right.columnStride;
      for (let k = 0; k < depth; k++) {
        sum = (sum + Math.imul(left.array[l]!, right.array[r]!)) | 0;
        l += left.columnStride;
        r += right.rowStride;
      }
      tile[row * stride + column] = wrap(sum);
    }
  }
}
