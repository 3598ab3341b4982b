import type { NumberArray } from '../program/program.js';

/** One matrix in an array: element (row, column) at `offset + row·rowStride + column·columnStride`. */
export interface StridedMatrix {
  readonly array: NumberArray;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/**
 * A matrix that an array does not hold as such: element (row, column) at
 * `rowOffsets[row] + columnOffsets[column]`. The patches of an image that a filter sees are one.
 */
export interface IndexedMatrix {
  readonly array: Float64Array;
  readonly rowOffsets: Int32Array;
  readonly columnOffsets: Int32Array;
}

/** What a product can multiply. */
export type Matrix = StridedMatrix | IndexedMatrix;

/** Whether a matrix is given by offsets. */
export function isIndexed(matrix: Matrix): matrix is IndexedMatrix {
  return 'rowOffsets' in matrix;
}

/** `matrix` from (`row`, `column`) on. */
export function corner(matrix: Matrix, row: number, column: number): Matrix {
  if (isIndexed(matrix)) {
    const { array, rowOffsets, columnOffsets } = matrix;
    return {
      array,
      rowOffsets: rowOffsets.subarray(row),
      columnOffsets: columnOffsets.subarray(column),
    };
  }
  const { offset, rowStride, columnStride } = matrix;
  return { ...matrix, offset: offset + row * rowStride + column * columnStride };
}

/** The same elements with rows and columns exchanged. */
export function transposed(matrix: Matrix): Matrix {
  if (isIndexed(matrix)) {
    const { array, rowOffsets, columnOffsets } = matrix;
    return { array, rowOffsets: columnOffsets, columnOffsets: rowOffsets };
  }
  const { array, offset, rowStride, columnStride } = matrix;
  return { array, offset, rowStride: columnStride, columnStride: rowStride };
}

/** The extents of a block of a product. */
export interface BlockShape {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** How far apart the rows lie in the tile. */
  readonly stride: number;
}
