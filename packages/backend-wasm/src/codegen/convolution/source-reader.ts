import type { ImageShape } from '@gradus/core/backend';
import { i32, type FunctionBody } from '../../assembler/index.js';
import { minimum } from '../../gemm/loops.js';
import type { Code } from '../code.js';
import type { Environment } from '../environment.js';
import type { SourceBlocks } from './blocks.js';
import type { Scratch } from './scratch.js';
import type { ThreadShare } from './thread-stage.js';

/** Some whole images, or some rows of one. */
export interface Region {
  readonly image: Code<'i32'>;
  readonly images: Code<'i32'>;
  /** Of what sees the source. */
  readonly row: Code<'i32'>;
  readonly rows: Code<'i32'>;
}

/** Some of the channels of a group. */
export interface Channels {
  readonly group: Code<'i32'>;
  readonly first: Code<'i32'>;
  readonly count: Code<'i32'>;
}

/** Brings images to where a product can gather what it needs: padded, unless nothing sticks out. */
export class SourceReader {
  /** From line to line, channel to channel and image to image of what is read, in elements. */
  readonly strides: { readonly line: number; readonly plane: number; readonly image: number };
  readonly #environment: Environment;
  readonly #shape: ImageShape;
  readonly #groupChannels: number;
  readonly #blocks: SourceBlocks;
  readonly #prepared: number;

  /** A reader of images of `shape`, which keeps what it prepares in `scratch`. */
  constructor(
    environment: Environment,
    shape: ImageShape,
    groups: number,
    blocks: SourceBlocks,
    scratch: Scratch,
  ) {
    const { inPlace, images, channels, height, width } = blocks;
    const plane = height * width;
    this.strides = { line: width, plane, image: (inPlace ? shape[1] : channels) * plane };
    this.#environment = environment;
    this.#shape = shape;
    this.#groupChannels = shape[1] / groups;
    this.#blocks = blocks;
    this.#prepared = inPlace ? 0 : scratch.take(images * channels * plane);
  }

  /** The images and rows that unit `unit` is; there are `bands` units for each image. */
  region(body: FunctionBody, unit: Code<'i32'>, end: Code<'i32'>, height: number): Region {
    const { bands, rows, images } = this.#blocks;
    if (bands === 1) {
      const count = minimum(body, i32.sub(end, unit), i32.const(images), 'images');
      return { image: unit, images: count, row: i32.const(0), rows: i32.const(height) };
    }
    const image = body.let(i32.div_u(unit, bands), 'image');
    const band = i32.sub(unit, i32.mul(image, bands));
    const row = body.let(i32.mul(band, rows), 'row');
    const count = minimum(body, i32.sub(height, row), i32.const(rows), 'rows');
    return { image, images: i32.const(1), row, rows: count };
  }

  /** Where the source of a region begins, at the address `images` or prepared from there. */
  read(
    body: FunctionBody,
    images: Code<'i32'>,
    region: Region,
    { group, first, count }: Channels,
    { scratch }: ThreadShare,
  ): Code<'i32'> {
    const [, channels, height, width] = this.#shape;
    const { down, across, inPlace } = this.#blocks;
    const channel = i32.add(i32.mul(group, this.#groupChannels), first);
    const addressOf = (image: Code<'i32'>): Code<'i32'> => {
      const plane = i32.add(i32.mul(image, channels), channel);
      return i32.add(images, i32.mul(plane, 4 * height * width));
    };
    const row = i32.mul(i32.div_u(region.row, down.unit), down.sourcePerUnit);
    const firstRow = body.let(i32.add(row, down.origin), 'firstRow');
    if (inPlace) {
      const element = i32.add(i32.mul(firstRow, width), across.origin);
      return body.let(i32.add(addressOf(region.image), i32.shl(element, 2)), 'source');
    }
    const prepared = body.let(i32.add(scratch, this.#prepared), 'prepared');
    const target = body.let(prepared, 'target');
    body.for({ to: region.images, name: 'index' }, (index) => {
      body.emit(
        this.#environment.engine.padPlanes.call({
          target,
          planes: count,
          height: this.#blocks.height,
          width: this.#blocks.width,
          source: addressOf(i32.add(region.image, index)),
          sourceHeight: height,
          sourceWidth: width,
          firstRow,
          firstColumn: across.origin,
        }),
      );
      body.increase(target, 4 * this.strides.image);
    });
    return prepared;
  }
}
