/** How a product is cut: a workgroup computes a tile of it, each invocation a part of that. */
export interface Tile {
  /** Invocations of a workgroup, down and across the tile. */
  readonly down: number;
  readonly across: number;
  /** Elements of an invocation: multiples of four. */
  readonly rows: number;
  readonly columns: number;
}

const tile = (down: number, across: number, rows: number, columns: number): Tile => ({
  down,
  across,
  rows,
  columns,
});

/** By the extents of the tile, and of an invocation's part. */
export const tiles = {
  '128x128:8x8': tile(16, 16, 8, 8),
  '64x64:8x4': tile(8, 16, 8, 4),
  '64x64:4x4': tile(16, 16, 4, 4),
  '32x32:4x4': tile(8, 8, 4, 4),
  '128x16:4x4': tile(32, 4, 4, 4),
  '16x128:4x4': tile(4, 32, 4, 4),
} as const;

/** The name of a way to cut products. */
export type TileName = keyof typeof tiles;

/** The extents of a tile. */
export function extentsOf({ down, across, rows, columns }: Tile): {
  readonly height: number;
  readonly width: number;
} {
  return { height: down * rows, width: across * columns };
}

/** How many tiles cover a matrix. */
export function tilesOf(rows: number, columns: number, tile: Tile): number {
  const { height, width } = extentsOf(tile);
  return Math.ceil(rows / height) * Math.ceil(columns / width);
}

/** What a multiply-add costs in tiles of each kind on an adapter, relative to one another. */
export type TileCosts = Readonly<Record<TileName, number>>;

/** Costs on a device of which nothing is known: the share of the loads that falls to each is what differs. */
export const usualTileCosts = Object.fromEntries(
  Object.entries(tiles).map(([name, each]) => {
    const { height, width } = extentsOf(each);
    return [name, 1 + 16 / height + 16 / width + 1 / each.rows + 1 / each.columns];
  }),
) as TileCosts;

/**
 * How deep the parts of the operands are that a workgroup keeps in `limit` bytes of its memory, at
 * most four bytes an element; 0 if there is no room.
 */
export function depthOf(tile: Tile, limit: number): number {
  const { down, across } = tile;
  const { height, width } = extentsOf(tile);
  return (
    [16, 8, 4].find((depth) => 4 * depth * (height + width) + 16 * (down + across) <= limit) ?? 0
  );
}
