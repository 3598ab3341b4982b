import type { NumberArray } from '../program/program.js';

/** One matrix in an array: element (row, column) at `offset + row·rowStride + column·columnStride`. */
export interface Matrix {
  readonly array: NumberArray;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** `matrix` from (`row`, `column`) on. */
export function corner(matrix: Matrix, row: number, column: number): Matrix {
  const offset = matrix.offset + row * matrix.rowStride + column * matrix.columnStride;
  return { ...matrix, offset };
}

/** The extents of a block of a product. */
export interface BlockShape {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** How far apart the rows lie in the tile. */
  readonly stride: number;
}
