import {
  axisClasses,
  elementsOf,
  placesOf,
  sizeOf,
  type AxisClass,
  type Conv2dKernel,
  type ImageShape,
} from '@gradus/core/backend';
import { progression, type Operand } from '../matmul/operand.js';
import { blockColumns, blockRows, packedProduct } from '../matmul/packed-product.js';
import type { NumberArray } from '../program/program.js';
import { imageBlock } from './image-block.js';

/** A pass seen as images made from other images, which the filter takes channel by channel. */
interface Sides {
  readonly source: ImageShape;
  readonly result: ImageShape;
  /** How far apart the filter has the channels of either side. */
  readonly sourceStride: number;
  readonly resultStride: number;
}

/** Result rows and columns that see the same elements of the kernel, and the tables for them. */
interface Part {
  readonly rows: AxisClass;
  readonly columns: AxisClass;
  /** Where the factors of the first result lie in the source, and where in the filter. */
  readonly sourceSteps: Int32Array;
  readonly filterSteps: Int32Array;
}

/**
 * A convolution, or its gradient for the images, as products of matrices: filter (channels of the
 * result × what is summed over) times what the results see of the source. Where results see
 * different parts of the kernel, at borders and because of strides, they are sorted by what they
 * see: then no product multiplies a zero that is not there.
 */
export class ImageProduct {
  readonly #kernel: Conv2dKernel;
  readonly #block: Int32Array;
  readonly #sides: Sides;
  readonly #rows: readonly AxisClass[];
  readonly #columns: readonly AxisClass[];
  /** Where what the results of a block see begins. */
  readonly #lines = new Int32Array(blockColumns);

  /** Prepares `kernel`; runs tell in `block` which results the tile holds. */
  constructor(kernel: Conv2dKernel, block: Int32Array) {
    const { pass, window, images, output } = kernel;
    const axis = pass === 'forward' ? placesOf : elementsOf;
    this.#kernel = kernel;
    this.#block = block;
    this.#sides = sidesOf(kernel);
    this.#rows = axisClasses(axis(window, 0, images[2], output[2]));
    this.#columns = axisClasses(axis(window, 1, images[3], output[3]));
  }

  /** Multiplies block by block and calls `finishBlock` when the tile holds one. */
  run(arrays: readonly NumberArray[], finishBlock: () => void): void {
    for (const rows of this.#rows) {
      for (const columns of this.#columns) {
        const part = this.#part(rows, columns);
        for (let group = 0; group < this.#kernel.window.groups; group++) {
          this.#multiplyPart(part, group, arrays, finishBlock);
        }
      }
    }
  }

  #part(rows: AxisClass, columns: AxisClass): Part {
    const { source, sourceStride } = this.#sides;
    const { filter, window } = this.#kernel;
    const channels = source[1] / window.groups;
    const depth = channels * rows.taps.length * columns.taps.length;
    const sourceSteps = new Int32Array(depth);
    const filterSteps = new Int32Array(depth);
    let next = 0;
    for (let channel = 0; channel < channels; channel++) {
      rows.taps.forEach((row, i) => {
        const sourceRow = (channel * source[2] + rows.sources[i]!) * source[3];
        const filterRow = channel * sourceStride + row * filter[3];
        columns.taps.forEach((column, j) => {
          sourceSteps[next] = sourceRow + columns.sources[j]!;
          filterSteps[next++] = filterRow + column;
        });
      });
    }
    return { rows, columns, sourceSteps, filterSteps };
  }

  #multiplyPart(
    part: Part,
    group: number,
    arrays: readonly NumberArray[],
    finishBlock: () => void,
  ): void {
    const { rows, columns } = part;
    const block = this.#block;
    block[imageBlock.linesPerImage] = rows.count;
    block[imageBlock.firstRow] = rows.first;
    block[imageBlock.rowStep] = rows.step;
    block[imageBlock.firstColumn] = columns.first;
    block[imageBlock.columnStep] = columns.step;
    const source = this.#sourceOf(part, group, arrays);
    const filter = this.#filterOf(part, group, arrays);
    const lines = this.#sides.result[0] * rows.count;
    const linesAtOnce = Math.max(1, Math.floor(blockColumns / columns.count));
    for (let line = 0; line < lines; line += linesAtOnce) {
      block[imageBlock.firstLine] = line;
      block[imageBlock.endLine] = Math.min(line + linesAtOnce, lines);
      for (let place = 0; place < columns.count; place += blockColumns) {
        block[imageBlock.firstPlace] = place;
        block[imageBlock.endPlace] = Math.min(place + blockColumns, columns.count);
        this.#fillLines(part);
        this.#multiplyBlocks(filter, source, group, finishBlock);
      }
    }
  }

  #sourceOf({ sourceSteps }: Part, group: number, arrays: readonly NumberArray[]): Operand {
    const { left, window } = this.#kernel;
    const [, channels, height, width] = this.#sides.source;
    const offset = group * (channels / window.groups) * height * width;
    return { array: arrays[left]!, offset, lines: this.#lines, steps: sourceSteps };
  }

  #filterOf({ filterSteps }: Part, group: number, arrays: readonly NumberArray[]): Operand {
    const { right, window, filter } = this.#kernel;
    const { result, resultStride } = this.#sides;
    return {
      array: arrays[right]!,
      offset: (group * sizeOf(filter)) / window.groups,
      lines: progression(result[1] / window.groups, resultStride),
      steps: filterSteps,
    };
  }

  /** Notes where the parts of the source begin that the results of the block see. */
  #fillLines({ rows, columns }: Part): void {
    const [, channels, height, width] = this.#sides.source;
    const block = this.#block;
    const { firstLine, endLine, firstPlace, endPlace } = imageBlock;
    let next = 0;
    for (let line = block[firstLine]!; line < block[endLine]!; line++) {
      const image = Math.floor(line / rows.count);
      const row = (line - image * rows.count) * rows.sourceStep;
      const start = (image * channels * height + row) * width;
      for (let place = block[firstPlace]!; place < block[endPlace]!; place++) {
        this.#lines[next++] = start + place * columns.sourceStep;
      }
    }
  }

  /** All channels of a group at the places of the block. */
  #multiplyBlocks(filter: Operand, source: Operand, group: number, finishBlock: () => void): void {
    const block = this.#block;
    const { firstLine, endLine, firstPlace, endPlace } = imageBlock;
    const columns = (block[endLine]! - block[firstLine]!) * (block[endPlace]! - block[firstPlace]!);
    const channels = filter.lines.length;
    const depth = filter.steps.length;
    const stride = Math.ceil(columns / 4) * 4;
    const product = packedProduct();
    block[imageBlock.stride] = stride;
    for (let channel = 0; channel < channels; channel += blockRows) {
      const rows = Math.min(blockRows, channels - channel);
      block[imageBlock.firstChannel] = group * channels + channel;
      block[imageBlock.endChannel] = group * channels + channel + rows;
      product.tile.fill(0, 0, Math.ceil(rows / 2) * 2 * stride);
      const filters = { ...filter, lines: filter.lines.subarray(channel) };
      product.add(filters, source, { rows, columns, depth, stride }, channel > 0);
      finishBlock();
    }
  }
}

function sidesOf({ pass, images, filter, output }: Conv2dKernel): Sides {
  const elements = filter[2] * filter[3];
  const [near, far] = [elements, filter[1] * elements];
  return pass === 'forward'
    ? { source: images, result: output, sourceStride: near, resultStride: far }
    : { source: output, result: images, sourceStride: far, resultStride: near };
}
