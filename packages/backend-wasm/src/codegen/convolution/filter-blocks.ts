import { sizeOf, type Conv2dKernel } from '@gradus/core/backend';
import { sourceBlocks, type SourceBlocks } from './blocks.js';

/** How many elements of a filter's gradient each thread sums up at once, and in all. */
const limits = { part: 60_000, parts: 180_000, places: 512 };

/** How the gradient of a filter is cut up. */
export interface FilterBlocks extends SourceBlocks {
  /** Of a group: channels of the images, channels of the output (lanes), and lanes at once. */
  readonly groupChannels: number;
  readonly groupLanes: number;
  readonly lanes: number;
  /** How many parts of the filter's gradient there are, and how many are summed up in one go. */
  readonly channelBlocks: number;
  readonly laneBlocks: number;
  readonly parts: number;
  readonly partsAtOnce: number;
}

/** How to cut up the gradient for the filter, unless it is of an unusual shape. */
export function filterBlocks(kernel: Conv2dKernel): FilterBlocks | undefined {
  const { images, output, filter, window } = kernel;
  const cut = sourceBlocks(kernel, images, output, limits.places);
  if (cut === undefined) return undefined;
  const { groups } = window;
  const [, groupChannels, ...kernelShape] = filter;
  const groupLanes = filter[0] / groups;
  const lanes = Math.min(groupLanes, 64);
  const elements = sizeOf(kernelShape);
  const pitch = Math.ceil(lanes / 4) * 4;
  const most = Math.min(cut.channels, Math.floor(limits.part / (elements * pitch)));
  if (most < 1) return undefined;
  const channelBlocks = Math.ceil(groupChannels / most);
  const channels = Math.ceil(groupChannels / channelBlocks);
  const laneBlocks = Math.ceil(groupLanes / lanes);
  const parts = groups * laneBlocks * channelBlocks;
  const partsAtOnce = Math.max(1, Math.floor(limits.parts / (channels * elements * pitch)));
  if (Math.ceil(parts / partsAtOnce) > 64) return undefined;
  const counts = { groupChannels, groupLanes, channelBlocks, laneBlocks, parts };
  return { ...cut, ...counts, channels, lanes, partsAtOnce: Math.min(parts, partsAtOnce) };
}
