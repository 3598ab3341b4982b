import { sizeOf, type Conv2dKernel } from '@gradus/core/backend';
import { i32 } from '../../assembler/index.js';
import { rowTableStep } from '../../convolution/index.js';
import { minimum } from '../../gemm/loops.js';
import type { Code } from '../code.js';
import type { Environment } from '../environment.js';
import type { KernelFunction } from '../kernel-function.js';
import { singleThreadWork } from '../mat-mul.js';
import { sidesOf, type ImageBlocks } from './blocks.js';
import { convolutionEpilogue } from './epilogue.js';
import { imageLayout, type ImageLayout, type PairLayout } from './image-layout.js';
import { phaseExtent } from './phase.js';
import type { Channels, Region } from './source-reader.js';
import { StageWriter } from './stage-writer.js';
import { threadStage } from './thread-stage.js';

/**
 * A convolution or its gradient for the images as products of matrices: what the results see of the
 * source, gathered from where it is, times the filter, of which the channels of the result are the
 * lanes. Results that see different elements of the kernel, because of a stride, make products of
 * their own.
 */
export function imageProduct(
  environment: Environment,
  kernel: Conv2dKernel,
  blocks: ImageBlocks,
): KernelFunction {
  const { shape, filter, name } = kernel;
  const { engine } = environment;
  const layout = imageLayout(environment, kernel, blocks);
  const finish = convolutionEpilogue(environment, kernel, 1);
  const products = sizeOf(shape) * blocks.groupChannels * filter[2] * filter[3];
  const units = shape[0] * blocks.bands;
  const work = { name, units, single: products < singleThreadWork };
  return threadStage(environment, work, (body, share) => {
    new ImageProduct({ engine, kernel, blocks, layout, finish }, body, share).write();
  });
}

/** Some channels of the result, which are lanes, and some of the source. */
interface Block {
  readonly lane: Code<'i32'>;
  readonly lanes: Code<'i32'>;
  readonly channels: Channels;
  /** Its number among all blocks of the filter. */
  readonly number: Code<'i32'>;
}

class ImageProduct extends StageWriter<ImageBlocks, ImageLayout> {
  write(): void {
    const { groupChannels, groupLanes, images, lanes, packsOnce } = this.blocks;
    const { reader } = this.layout;
    const { body, share } = this;
    const [source, filter] = [this.operand(this.kernel.left), this.operand(this.kernel.right)];
    const [, , height] = this.kernel.shape;
    for (const pair of this.layout.pairs) this.#writeTables(pair);
    if (packsOnce) {
      this.#forGroups((group) =>
        this.#forLanes((lane) =>
          this.#forChannels(group, lane, (block) => this.#pack(filter, block)),
        ),
      );
    }
    const readsOnce = this.blocks.channels === groupChannels;
    body.for({ from: share.from, to: share.to, step: images, name: 'unit' }, (unit) => {
      const region = reader.region(body, unit, share.to, height);
      const read = (channels: Channels): Code<'i32'> =>
        reader.read(body, source, region, channels, share);
      this.#forGroups((group) => {
        const all = { group, first: i32.const(0), count: i32.const(groupChannels) };
        const whole = readsOnce ? read(all) : undefined;
        this.#forLanes((lane) => {
          this.#forChannels(group, lane, (block) => {
            const left = whole ?? read(block.channels);
            if (!packsOnce) this.#pack(filter, block);
            for (const pair of this.layout.pairs) this.#multiply(pair, block, left, region);
          });
          const first = body.let(i32.add(i32.mul(group, groupLanes), lane), 'firstLane');
          const left = i32.sub(groupLanes, lane);
          this.#finishLanes(region, first, minimum(body, left, i32.const(lanes), 'lanes'));
        });
      });
    });
  }

  #forGroups(build: (group: Code<'i32'>) => void): void {
    this.body.for({ to: this.kernel.window.groups, name: 'group' }, build);
  }

  #forLanes(build: (lane: Code<'i32'>) => void): void {
    const { groupLanes, lanes } = this.blocks;
    this.body.for({ to: groupLanes, step: lanes, name: 'lane' }, build);
  }

  #forChannels(group: Code<'i32'>, lane: Code<'i32'>, build: (block: Block) => void): void {
    const { groupChannels, channels, groupLanes, lanes } = this.blocks;
    const body = this.body;
    const [laneBlocks, channelBlocks] = [groupLanes / lanes, groupChannels / channels].map(
      Math.ceil,
    ) as [number, number];
    body.for({ to: groupChannels, step: channels, name: 'channel' }, (first) => {
      const laneCount = minimum(body, i32.sub(groupLanes, lane), i32.const(lanes), 'lanes');
      const left = i32.sub(groupChannels, first);
      const count = minimum(body, left, i32.const(channels), 'channels');
      const laneBlock = i32.add(i32.mul(group, laneBlocks), i32.div_u(lane, lanes));
      const before = i32.mul(laneBlock, channelBlocks);
      const number = body.let(i32.add(before, i32.div_u(first, channels)), 'block');
      build({ lane, lanes: laneCount, channels: { group, first, count }, number });
    });
  }

  /** Packs what the filter has for a block. */
  #pack(filterStart: Code<'i32'>, { lane, lanes, channels, number }: Block): void {
    const { filter, window } = this.kernel;
    const { source, result } = sidesOf(this.kernel);
    const group = i32.mul(channels.group, sizeOf(filter) / window.groups);
    const laneStart = i32.mul(lane, result.filterStride);
    const channelStart = i32.mul(channels.first, source.filterStride);
    const first = i32.add(group, i32.add(laneStart, channelStart));
    const from = this.body.let(i32.add(filterStart, i32.shl(first, 2)), 'from');
    for (const layout of this.layout.pairs) {
      if (layout.taps === 0) continue;
      this.body.emit(
        this.engine.packGathered.call({
          target: this.#panel(layout, number),
          source: from,
          lanes,
          laneStride: 4 * result.filterStride,
          depthTable: this.at(layout.filterTable),
          depth: i32.mul(channels.count, layout.taps),
        }),
      );
    }
  }

  #panel({ panels, panelStride }: PairLayout, block: Code<'i32'>): Code<'i32'> {
    return i32.add(this.at(panels), i32.mul(block, panelStride));
  }

  #multiply(layout: PairLayout, block: Block, left: Code<'i32'>, region: Region): void {
    const { rows, bands } = this.blocks;
    const { down, across } = layout.pair;
    const lines =
      bands === 1
        ? i32.const(phaseExtent(down, rows))
        : i32.div_u(i32.add(region.rows, down.step - 1 - down.first), down.step);
    this.body.emit(
      this.engine.multiplyGathered.call({
        left,
        rowTable: this.at(layout.rowTable),
        rows: i32.mul(i32.mul(region.images, lines), phaseExtent(across, this.kernel.shape[3])),
        depthTable: this.at(layout.depthTable),
        depth: i32.mul(block.channels.count, layout.taps),
        right: this.#panel(layout, block.number),
        lanes: block.lanes,
        output: this.at(this.layout.product),
        accumulate: block.channels.first,
      }),
    );
  }

  /** Brings sums into the order of images, four channels at a time, and does what follows. */
  #finishLanes(region: Region, first: Code<'i32'>, count: Code<'i32'>): void {
    const { product, productStride, tile, tileStride } = this.layout;
    const body = this.body;
    body.for({ to: count, step: 4, name: 'quad' }, (quad) => {
      body.emit(
        this.engine.sumTransposed.call({
          target: this.at(tile),
          targetStride: tileStride,
          source: i32.add(this.at(product), i32.shl(quad, 2)),
          sourceStride: productStride,
          rows: i32.mul(i32.mul(region.images, region.rows), this.kernel.shape[3]),
          parts: 1,
          partStride: 0,
        }),
      );
      body.emit(
        this.finish.call({
          parameters: this.share.parameters,
          tile: this.at(tile),
          tileStride,
          lane: i32.add(first, quad),
          lanes: minimum(body, i32.sub(count, quad), i32.const(4), 'present'),
          outer: region.image,
          outerCount: region.images,
          inner: region.row,
          innerCount: region.rows,
        }),
      );
    });
  }

  #writeTables({ pair, rowTable, depthTable, filterTable }: PairLayout): void {
    const { down, across } = pair;
    const { images, rows, channels } = this.blocks;
    const { reader, productStride } = this.layout;
    const { filter, shape } = this.kernel;
    const width = shape[3];
    const write = this.engine.writeOffsets;
    const places = {
      outer: images,
      middle: phaseExtent(down, rows),
      inner: phaseExtent(across, width),
      step: rowTableStep,
    };
    const taps = { outer: channels, middle: down.taps, inner: across.taps, step: 4 };
    const seen = write.call({
      target: this.at(rowTable),
      first: 0,
      ...places,
      outerStride: 4 * reader.strides.image,
      middleStride: 4 * down.sourceStep * reader.strides.line,
      innerStride: 4 * across.sourceStep,
    });
    const results = write.call({
      target: this.at(rowTable + 4),
      first: productStride * (down.first * width + across.first),
      ...places,
      outerStride: productStride * rows * width,
      middleStride: productStride * down.step * width,
      innerStride: productStride * across.step,
    });
    const depth = write.call({
      target: this.at(depthTable),
      first: 4 * (down.source * reader.strides.line + across.source),
      ...taps,
      outerStride: 4 * reader.strides.plane,
      middleStride: 4 * down.tapSourceStep * reader.strides.line,
      innerStride: 4 * across.tapSourceStep,
    });
    const factors = write.call({
      target: this.at(filterTable),
      first: 4 * (down.firstTap * filter[3] + across.firstTap),
      ...taps,
      outerStride: 4 * sidesOf(this.kernel).source.filterStride,
      middleStride: 4 * down.tapStep * filter[3],
      innerStride: 4 * across.tapStep,
    });
    for (const table of [seen, results, depth, factors]) this.body.emit(table);
  }
}
