import type { Target } from '../target.js';
import type { DirectCut } from './direct-stage.js';
import type { Product } from './product.js';
import type { TiledCut } from './tile-stage.js';
import { depthOf, extentsOf, tiles, tilesOf, type TileName } from './tile.js';

/** Invocations that keep a device busy. */
const enough = 16384;

/** Products of no more multiply-adds than this are computed without memory of workgroups. */
const small = 2 ** 24;

/** How a product is best computed on a device. */
export function chooseCut(target: Target, product: Product): DirectCut | TiledCut {
  const { batches, rows, columns, depth, left, right } = product;
  if (!target.waitsAreCheap) return directCut(product, 1, chooseParts(product));
  const strided = left.strided === true && right.strided === true;
  if (strided && (rows * columns * depth <= small || Math.min(rows, columns) <= 4)) {
    return chooseDirect(product);
  }
  const parts = chooseParts(product);
  let best: { readonly cut: TiledCut; readonly cost: number } | undefined;
  for (const name of Object.keys(tiles) as TileName[]) {
    const tile = tiles[name];
    const invocations = tile.down * tile.across;
    const deep = depthOf(tile, target.workgroupMemory);
    if (deep === 0 || invocations > target.workgroupInvocations) continue;
    const { height, width } = extentsOf(tile);
    const count = tilesOf(rows, columns, tile);
    const busy = Math.min(1, (count * batches * parts * invocations) / enough);
    const cost = (count * height * width * target.tileCosts[name]) / busy;
    if (best === undefined || cost < best.cost) best = { cut: { tile, depth: deep, parts }, cost };
  }
  return best?.cut ?? chooseDirect(product);
}

/**
 * Into how many parts the depth is cut, so that products of few elements keep a device busy. It
 * follows from the product alone: whatever a device prefers, it gets the same sums.
 */
function chooseParts({ batches, rows, columns, depth }: Product): number {
  const places = batches * Math.ceil(rows / 4) * Math.ceil(columns / 4);
  return Math.max(1, Math.min(Math.floor(enough / places), Math.floor(depth / 256), 128));
}

const workgroupSize = 64;

/** At least so deep is what a member of a team sums. */
const memberDepth = 16;

function chooseDirect(product: Product): DirectCut {
  const { batches, rows, columns, depth } = product;
  const places = batches * Math.ceil(rows / 4) * Math.ceil(columns / 4);
  let team = 1;
  while (team < 16 && team * 2 * memberDepth <= depth && team * 2 * places <= enough) team *= 2;
  return directCut(product, team, 1);
}

/** Workgroups about as wide as they are high, where the product is. */
function directCut({ rows, columns }: Product, team: number, parts: number): DirectCut {
  const [down, across] = [Math.ceil(rows / 4), Math.ceil(columns / 4)];
  const places = workgroupSize / team;
  const wide = Math.min(
    powerOfTwo(across),
    Math.max(places / powerOfTwo(down), Math.sqrt(places)),
    places,
  );
  const width = 2 ** Math.floor(Math.log2(wide));
  return { down: Math.min(places / width, powerOfTwo(down)), across: width, team, parts };
}

/** The least power of two that is not less than `count`. */
function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}
