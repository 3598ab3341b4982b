/** How a product is cut: a workgroup computes a tile of it, each invocation a part of that. */
export interface Tile {
  /** Invocations of a workgroup, down and across the tile. */
  readonly down: number;
  readonly across: number;
  /** Elements of an invocation. */
  readonly rows: number;
  readonly columns: number;
  /** How many products deep the parts of the operands are that a workgroup keeps. */
  readonly depth: number;
}

/** Which tile for which product. */
export function chooseTile(rows: number, columns: number): Tile {
  if (rows <= 16 || columns <= 16) return { down: 8, across: 8, rows: 2, columns: 2, depth: 16 };
  if (rows * columns <= 65536) return { down: 8, across: 8, rows: 4, columns: 4, depth: 16 };
  return { down: 16, across: 16, rows: 4, columns: 4, depth: 16 };
}

/** How many parts the depth is cut into, so that products with few elements keep a device busy. */
export function chooseParts(tiles: number, depth: number): number {
  if (tiles >= 64) return 1;
  return Math.max(1, Math.min(Math.floor(128 / tiles), Math.floor(depth / 256), 64));
}
