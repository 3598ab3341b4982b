/** How a product is cut up. All counts are of elements. */
export interface Blocking {
  /** Rows of a register tile: a strip of the packed left operand. */
  readonly tileRows: number;
  /** Columns of a register tile: a strip of the packed right operand; two vectors. */
  readonly tileColumns: 8;
  /** Rows, columns and depth that are packed at a time. */
  readonly blockRows: number;
  readonly blockColumns: number;
  readonly blockDepth: number;
  /** Rows of an unfinished product that an epilogue waits for. */
  readonly waitingRows: number;
}

/**
 * Tiles that fill the sixteen vector registers and do not spill: multiply and add need one for the
 * product, so ten accumulators, two vectors of the right operand, one of the left. A strip of the
 * right operand (8 KiB) stays in the first-level cache, a block of the left one (120 KiB) in the
 * second.
 */
export function blockingOf(fusedMultiplyAdd: boolean): Blocking {
  return {
    tileRows: fusedMultiplyAdd ? 6 : 5,
    tileColumns: 8,
    blockRows: 60,
    blockColumns: 512,
    blockDepth: 512,
    waitingRows: 240,
  };
}
