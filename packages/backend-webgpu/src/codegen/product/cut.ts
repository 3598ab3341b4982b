import type { Block } from '../block.js';
import { workgroupIndex } from '../shader.js';
import type { Product } from './product.js';

/** Which part of a product a workgroup computes: i32 names. */
export interface Cut {
  readonly batch: string;
  /** Of the parts that the depth is cut into. */
  readonly part: string;
  /** The first row and the first column of its tile. */
  readonly top: string;
  readonly side: string;
}

/** So many rows of tiles are gone through column by column, for the caches' sake. */
const bandHeight = 8;

/** What this workgroup computes, where there is one for each tile of each part of each batch. */
export function cutOf(
  body: Block,
  { rows, columns }: Product,
  height: number,
  width: number,
  parts: number,
): Cut {
  const [down, across] = [Math.ceil(rows / height), Math.ceil(columns / width)];
  const group = body.let(`i32(${workgroupIndex})`, 'group');
  const place = body.let(`${group} % ${down * across}`, 'place');
  const rest = body.let(`${group} / ${down * across}`, 'rest');
  let [row, column] = [`${place} / ${across}`, `${place} % ${across}`];
  if (down > bandHeight) {
    const band = body.let(`${place} / ${bandHeight * across} * ${bandHeight}`, 'band');
    const tall = body.let(`min(${bandHeight}, ${down} - ${band})`, 'tall');
    const within = body.let(`${place} - ${band} * ${across}`, 'within');
    [row, column] = [`${band} + ${within} % ${tall}`, `${within} / ${tall}`];
  }
  return {
    batch: parts === 1 ? rest : body.let(`${rest} / ${parts}`, 'batch'),
    part: parts === 1 ? '0' : body.let(`${rest} % ${parts}`, 'part'),
    top: body.let(`(${row}) * ${height}`, 'top'),
    side: body.let(`(${column}) * ${width}`, 'side'),
  };
}
