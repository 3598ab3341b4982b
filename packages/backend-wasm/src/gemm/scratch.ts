import { edgeBytes } from './block-kernel.js';
import type { Blocking } from './blocking.js';

/** Where things lie in the scratch memory of `multiply`, in bytes. */
export interface ScratchLayout {
  readonly edge: number;
  readonly leftPanel: number;
  readonly rightPanel: number;
  /** Rows of `productStride` bytes, for epilogues. */
  readonly product: number;
  readonly productStride: number;
  readonly byteLength: number;
}

/** The scratch memory that products of any size need. */
export function scratchLayout(blocking: Blocking): ScratchLayout {
  const { blockRows, blockColumns, blockDepth, waitingRows } = blocking;
  const edge = 0;
  const leftPanel = Math.ceil(edgeBytes / 64) * 64;
  const rightPanel = leftPanel + 4 * blockRows * blockDepth;
  const product = rightPanel + 4 * blockColumns * blockDepth;
  // Not a power of two: rows would share the same few sets of a cache.
  const productStride = 4 * blockColumns + 64;
  const byteLength = product + waitingRows * productStride;
  return { edge, leftPanel, rightPanel, product, productStride, byteLength };
}
