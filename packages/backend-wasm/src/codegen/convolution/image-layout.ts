import type { Conv2dKernel } from '@gradus/core/backend';
import type { Environment } from '../environment.js';
import { sidesOf, type ImageBlocks, type PhasePair } from './blocks.js';
import { phaseExtent } from './phase.js';
import { Scratch } from './scratch.js';
import { SourceReader } from './source-reader.js';
import { contextByteLength } from '../../engine.js';

/** Where the tables and the panels for one pair of phases are, in bytes. */
export interface PairLayout {
  readonly pair: PhasePair;
  /** How many elements of the kernel the pair sees. */
  readonly taps: number;
  readonly rowTable: number;
  readonly depthTable: number;
  readonly filterTable: number;
  readonly panels: number;
  readonly panelStride: number;
}

/** What a pass that makes images has in the memory of each thread. */
export interface ImageLayout {
  readonly reader: SourceReader;
  readonly pairs: readonly PairLayout[];
  /** The sums, place by place. */
  readonly product: number;
  readonly productStride: number;
  /** Four lanes of them, lane by lane. */
  readonly tile: number;
  readonly tileStride: number;
}

/** Finds places for everything. */
export function imageLayout(
  environment: Environment,
  kernel: Conv2dKernel,
  blocks: ImageBlocks,
): ImageLayout {
  const { channels, images, rows, lanes, packsOnce, filterBlocks } = blocks;
  const width = kernel.shape[3];
  const scratch = new Scratch(environment.target.threadByteLength - contextByteLength);
  const { source } = sidesOf(kernel);
  const { groups } = kernel.window;
  const reader = new SourceReader(environment, source.shape, groups, blocks, scratch);
  const pairs = blocks.pairs.map((pair): PairLayout => {
    const places = images * phaseExtent(pair.down, rows) * phaseExtent(pair.across, width);
    const taps = pair.down.taps * pair.across.taps;
    const panel = blocks.panel(pair);
    return {
      pair,
      taps,
      rowTable: scratch.take(2 * places),
      depthTable: scratch.take(channels * taps),
      filterTable: scratch.take(channels * taps),
      panels: scratch.take(panel * (packsOnce ? filterBlocks : 1)),
      panelStride: packsOnce ? 4 * panel : 0,
    };
  });
  const places = images * rows * width;
  const productStride = Math.ceil(lanes / 4) * 16;
  // Rows of four are read and written, also where the last of them are not there.
  const product = scratch.take((places + 3) * (productStride / 4));
  const tileStride = 4 * (places + 8);
  return { reader, pairs, product, productStride, tile: scratch.take(tileStride), tileStride };
}
