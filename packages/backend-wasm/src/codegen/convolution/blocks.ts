import type { Conv2dKernel, ImageShape } from '@gradus/core/backend';
import { axisView, sourceExtent, type AxisView, type Phase } from './phase.js';

/** How many elements are at hand at once, so that they stay in the second-level cache. */
const limits = { panel: 220_000, prepared: 60_000, product: 60_000, rows: 2048, taps: 8000 };

/** The part of a pass that shares its taps: those of one phase down and of one across. */
export interface PhasePair {
  readonly down: Phase;
  readonly across: Phase;
}

/** One side of a convolution, and how far apart its channels are in the filter, in elements. */
interface Side {
  readonly shape: ImageShape;
  readonly filterStride: number;
}

/** Both sides of a pass: what it reads, and what it computes. */
export function sidesOf({ pass, images, filter, output }: Conv2dKernel): {
  readonly source: Side;
  readonly result: Side;
} {
  const [, channels, height, width] = filter;
  const input = { shape: images, filterStride: height * width };
  const outer = { shape: output, filterStride: channels * height * width };
  return pass === 'inputGradient'
    ? { source: outer, result: input }
    : { source: input, result: outer };
}

/** How images are cut up, to be read by a product. */
export interface SourceBlocks {
  readonly down: AxisView;
  readonly across: AxisView;
  /** Either several images at once, or a band of rows of one. */
  readonly images: number;
  readonly rows: number;
  readonly bands: number;
  /** Channels of a group at once. */
  readonly channels: number;
  /** What the rows see, in elements; images themselves if nothing sticks out. */
  readonly height: number;
  readonly width: number;
  readonly inPlace: boolean;
}

/** How a pass that makes images is cut up. */
export interface ImageBlocks extends SourceBlocks {
  readonly pairs: readonly PhasePair[];
  /** Of a group: all, and at once. */
  readonly groupChannels: number;
  readonly groupLanes: number;
  readonly lanes: number;
  /** Elements of a panel for one pair of phases. */
  readonly panel: (pair: PhasePair) => number;
  /** How many blocks of a filter there are, all of which fit if `packsOnce`. */
  readonly filterBlocks: number;
  readonly packsOnce: boolean;
}

/** How to cut up a convolution or its gradient for the images, unless it is of an unusual shape. */
export function imageBlocks(kernel: Conv2dKernel): ImageBlocks | undefined {
  const { source, result } = sidesOf(kernel);
  const { groups } = kernel.window;
  const groupChannels = source.shape[1] / groups;
  const groupLanes = result.shape[1] / groups;
  const lanes = Math.min(groupLanes, 128);
  const target = Math.min(limits.rows, limits.product / (Math.ceil(lanes / 4) * 4));
  const cut = sourceBlocks(kernel, source.shape, result.shape, target);
  if (cut === undefined) return undefined;
  const { down, across } = cut;
  const pairs = down.phases.flatMap((one) =>
    across.phases.map((other) => ({ down: one, across: other })),
  );
  const taps = kernel.window.kernel[0] * kernel.window.kernel[1];
  const laneRoom = Math.ceil(lanes / 8) * 8;
  const most = Math.floor(Math.min(limits.taps / taps, limits.panel / (taps * laneRoom)));
  const channels = evenly(groupChannels, Math.min(cut.channels, most));
  if (channels < 1 || pairs.length > 64) return undefined;
  const filterBlocks = groups * Math.ceil(groupLanes / lanes) * Math.ceil(groupChannels / channels);
  const panel = (pair: PhasePair): number =>
    channels * pair.down.taps * pair.across.taps * laneRoom;
  const total = pairs.reduce((sum, pair) => sum + panel(pair), 0) * filterBlocks;
  const packsOnce = total <= limits.panel;
  return {
    ...cut,
    ...{ pairs, channels, groupChannels, groupLanes, lanes, panel, filterBlocks, packsOnce },
  };
}

/** How to cut up images of which about `target` places should be seen at once. */
export function sourceBlocks(
  kernel: Conv2dKernel,
  source: ImageShape,
  places: ImageShape,
  target: number,
): SourceBlocks | undefined {
  const [count, , height, width] = places;
  const [down, across] = [axisView(kernel, 0), axisView(kernel, 1)];
  if (width > limits.rows) return undefined;
  const groupChannels = source[1] / kernel.window.groups;
  const seenWidth = sourceExtent(across, width);
  const inPlace = liesWithin(down, height, source[2]) && liesWithin(across, width, source[3]);
  const whole = height * width <= target;
  const rows = whole ? height : evenly(height, Math.floor(target / width), down.unit);
  if (rows < 1) return undefined;
  const seenHeight = sourceExtent(down, rows);
  const most = inPlace ? Infinity : limits.prepared / Math.max(1, seenHeight * seenWidth);
  const channels = evenly(groupChannels, Math.min(groupChannels, Math.floor(most)));
  if (channels < 1) return undefined;
  const fitting = Math.min(Math.floor(target / (height * width)), Math.floor(most / channels));
  return {
    ...{ down, across, rows, channels, inPlace },
    images: whole ? Math.max(1, Math.min(count, fitting)) : 1,
    bands: Math.ceil(height / rows),
    height: inPlace ? source[2] : seenHeight,
    width: inPlace ? source[3] : seenWidth,
  };
}

function liesWithin(view: AxisView, extent: number, source: number): boolean {
  return view.origin >= 0 && view.origin + sourceExtent(view, extent) <= source;
}

/** The size of as few blocks as possible that cover `total`, `limit` long at most. */
function evenly(total: number, limit: number, unit = 1): number {
  const most = Math.floor(limit / unit) * unit;
  if (most < 1) return 0;
  const blocks = Math.ceil(total / most);
  return Math.min(most, Math.ceil(total / blocks / unit) * unit);
}
