import { sizeOf, type Conv2dKernel } from '@gradus/core/backend';
import { i32, memory } from '../../assembler/index.js';
import { rowTableStep } from '../../convolution/index.js';
import { contextByteLength } from '../../engine.js';
import { minimum } from '../../gemm/loops.js';
import type { Code } from '../code.js';
import type { Environment } from '../environment.js';
import type { KernelFunction } from '../kernel-function.js';
import { singleThreadWork } from '../mat-mul.js';
import { convolutionEpilogue } from './epilogue.js';
import type { FilterBlocks } from './filter-blocks.js';
import { Scratch } from './scratch.js';
import { SourceReader, type Channels, type Region } from './source-reader.js';
import { StageWriter } from './stage-writer.js';
import { threadStage } from './thread-stage.js';

/**
 * The gradient of a convolution for its filter as products of matrices: what each element of a
 * filter sees of the images, gathered from where it is, times the gradient of the output, of which
 * the channels are the lanes. Each thread sums up its own images; then, when all have, the sums of
 * all threads are added, always in the same order.
 */
export function filterProduct(
  environment: Environment,
  kernel: Conv2dKernel,
  blocks: FilterBlocks,
): readonly KernelFunction[] {
  const { name, filter, output } = kernel;
  const { parts, partsAtOnce, bands, lanes } = blocks;
  const layout = filterLayout(environment, kernel, blocks);
  const finish = convolutionEpilogue(environment, kernel, 0);
  const single = sizeOf(filter) * output[0] * output[2] * output[3] < singleThreadWork;
  const ingredients = { engine: environment.engine, kernel, blocks, layout, finish };
  const rounds = Array.from({ length: Math.ceil(parts / partsAtOnce) }, (_, round) => {
    const first = round * partsAtOnce;
    return { first, count: Math.min(partsAtOnce, parts - first) };
  });
  return rounds.flatMap(({ first, count }) => [
    threadStage(environment, { name, units: output[0] * bands, single }, (body, share) => {
      new FilterProduct(ingredients, body, share).sum(first, count);
    }),
    threadStage(
      environment,
      { name: `${name} sums`, units: count * Math.ceil(lanes / 4), single },
      (body, share) => new FilterProduct(ingredients, body, share).finishParts(first),
    ),
  ]);
}

/** Where the memory of each thread has what, in bytes. */
interface FilterLayout {
  readonly reader: SourceReader;
  readonly rowTable: number;
  readonly depthTable: number;
  /** The gradient of the output, packed. */
  readonly panel: number;
  /** Sums, part by part; of each element of a filter all lanes side by side. */
  readonly sums: number;
  readonly partStride: number;
  readonly sumsStride: number;
  /** Four lanes of the sums, lane by lane. */
  readonly tile: number;
  readonly tileStride: number;
}

function filterLayout(
  environment: Environment,
  { images, filter, output, window }: Conv2dKernel,
  blocks: FilterBlocks,
): FilterLayout {
  const { channels, lanes, rows, partsAtOnce } = blocks;
  const scratch = new Scratch(environment.target.threadByteLength - contextByteLength);
  const reader = new SourceReader(environment, images, window.groups, blocks, scratch);
  const elements = channels * filter[2] * filter[3];
  const places = blocks.images * rows * output[3];
  const sumsStride = Math.ceil(lanes / 4) * 16;
  // Rows of four are read, also where the last of them are not there.
  const partStride = (elements + 3) * sumsStride;
  const tileStride = 4 * (elements + 8);
  return {
    reader,
    rowTable: scratch.take(2 * elements),
    depthTable: scratch.take(places),
    panel: scratch.take(places * Math.ceil(lanes / 8) * 8),
    sums: scratch.take((partsAtOnce * partStride) / 4),
    partStride,
    sumsStride,
    tile: scratch.take(tileStride),
    tileStride,
  };
}

/** Some channels of the images, and some of the output, which are lanes. */
interface Part {
  readonly channels: Channels;
  /** Within the group. */
  readonly lane: Code<'i32'>;
  readonly lanes: Code<'i32'>;
}

class FilterProduct extends StageWriter<FilterBlocks, FilterLayout> {
  /** How many elements of the kernel there are. */
  readonly #elements = this.kernel.filter[2] * this.kernel.filter[3];

  /** Sums up the thread's images for some parts of the filter. */
  sum(firstPart: number, parts: number): void {
    const { images } = this.blocks;
    const { reader, sums, partStride } = this.layout;
    const { body, share } = this;
    const [source, gradient] = [this.operand(this.kernel.left), this.operand(this.kernel.right)];
    this.#writeTables();
    // Threads without images have sums too.
    body.emit(memory.fill(this.at(sums), 0, parts * partStride));
    body.for({ to: parts, name: 'part' }, (number) => {
      const part = this.#part(i32.add(number, firstPart));
      const output = body.let(i32.add(this.at(sums), i32.mul(number, partStride)), 'sums');
      body.for({ from: share.from, to: share.to, step: images, name: 'unit' }, (unit) => {
        const region = reader.region(body, unit, share.to, this.kernel.output[2]);
        const left = reader.read(body, source, region, part.channels, share);
        const depth = this.#pack(gradient, region, part);
        body.emit(
          this.engine.multiplyGathered.call({
            left,
            rowTable: this.at(this.layout.rowTable),
            rows: i32.mul(part.channels.count, this.#elements),
            depthTable: this.at(this.layout.depthTable),
            depth,
            right: this.at(this.layout.panel),
            lanes: part.lanes,
            output,
            accumulate: 1,
          }),
        );
      });
    });
  }

  /** Adds the sums of all threads, four lanes of a part at a time, and does what follows. */
  finishParts(firstPart: number): void {
    const { sums, partStride, sumsStride, tile, tileStride } = this.layout;
    const { groupLanes, lanes } = this.blocks;
    const { from, to, firstScratch, scratchStride, threads, parameters } = this.share;
    const body = this.body;
    const quads = Math.ceil(lanes / 4);
    body.for({ from, to, name: 'unit' }, (unit) => {
      const number = body.let(i32.div_u(unit, quads), 'number');
      const quad = body.let(i32.shl(i32.sub(unit, i32.mul(number, quads)), 2), 'quad');
      const { channels, lane, lanes: count } = this.#part(i32.add(number, firstPart));
      const start = i32.add(i32.mul(number, partStride), i32.shl(quad, 2));
      body.emit(
        this.engine.sumTransposed.call({
          target: this.at(tile),
          targetStride: tileStride,
          source: i32.add(i32.add(firstScratch, sums), start),
          sourceStride: sumsStride,
          rows: i32.mul(channels.count, this.#elements),
          parts: threads,
          partStride: scratchStride,
        }),
      );
      body.emit(
        this.finish.call({
          parameters,
          tile: this.at(tile),
          tileStride,
          lane: i32.add(i32.add(i32.mul(channels.group, groupLanes), lane), quad),
          lanes: minimum(body, i32.sub(count, quad), i32.const(4), 'present'),
          outer: channels.first,
          outerCount: channels.count,
          inner: 0,
          innerCount: this.kernel.filter[2],
        }),
      );
    });
  }

  /** Which channels and lanes a part is of: groups, lanes, channels, the last fastest. */
  #part(number: Code<'i32'>): Part {
    const { groupChannels, groupLanes, channels, lanes, laneBlocks, channelBlocks } = this.blocks;
    const body = this.body;
    const laneBlock = body.let(i32.div_u(number, channelBlocks), 'laneBlock');
    const channelBlock = i32.sub(number, i32.mul(laneBlock, channelBlocks));
    const group = body.let(i32.div_u(laneBlock, laneBlocks), 'group');
    const inGroup = i32.sub(laneBlock, i32.mul(group, laneBlocks));
    const lane = body.let(i32.mul(inGroup, lanes), 'lane');
    const first = body.let(i32.mul(channelBlock, channels), 'channel');
    const count = minimum(body, i32.sub(groupChannels, first), i32.const(channels), 'channels');
    const laneCount = minimum(body, i32.sub(groupLanes, lane), i32.const(lanes), 'lanes');
    return { channels: { group, first, count }, lane, lanes: laneCount };
  }

  /** Packs the gradient of the output of a region; returns how many places there are. */
  #pack(gradient: Code<'i32'>, region: Region, { channels, lane, lanes }: Part): Code<'i32'> {
    const [, outputs, height, width] = this.kernel.output;
    const body = this.body;
    const plane = height * width;
    const places = body.let(i32.mul(region.rows, width), 'places');
    const depth = body.let(i32.mul(region.images, places), 'depth');
    const channel = i32.add(i32.mul(channels.group, this.blocks.groupLanes), lane);
    const first = i32.add(i32.mul(channel, plane), i32.mul(region.row, width));
    const start = body.let(i32.add(gradient, i32.shl(first, 2)), 'start');
    body.for({ to: region.images, name: 'index' }, (index) => {
      const image = i32.mul(i32.add(region.image, index), 4 * outputs * plane);
      const target = i32.add(this.at(this.layout.panel), i32.mul(i32.mul(index, places), 32));
      body.emit(
        this.engine.packChannels.call({
          target,
          stripStride: i32.shl(depth, 5),
          source: i32.add(start, image),
          lanes,
          laneStride: 4 * plane,
          depth: places,
        }),
      );
    });
    return depth;
  }

  #writeTables(): void {
    const { images, rows, channels, down, across } = this.blocks;
    const { reader, rowTable, depthTable, sumsStride } = this.layout;
    const { filter, output } = this.kernel;
    const { line, plane, image } = reader.strides;
    const [one, other] = [down.phases[0]!, across.phases[0]!];
    const elements = { outer: channels, middle: filter[2], inner: filter[3], step: rowTableStep };
    const write = this.engine.writeOffsets;
    const seen = write.call({
      target: this.at(rowTable),
      first: 0,
      ...elements,
      outerStride: 4 * plane,
      middleStride: 4 * one.tapSourceStep * line,
      innerStride: 4 * other.tapSourceStep,
    });
    const results = write.call({
      target: this.at(rowTable + 4),
      first: 0,
      ...elements,
      outerStride: sumsStride * this.#elements,
      middleStride: sumsStride * filter[3],
      innerStride: sumsStride,
    });
    const places = write.call({
      target: this.at(depthTable),
      first: 0,
      step: 4,
      outer: images,
      outerStride: 4 * image,
      middle: rows,
      middleStride: 4 * one.sourceStep * line,
      inner: output[3],
      innerStride: 4 * other.sourceStep,
    });
    for (const table of [seen, results, places]) this.body.emit(table);
  }
}
