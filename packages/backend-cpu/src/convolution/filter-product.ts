import { axisClasses, placesOf, type AxisClass, type Conv2dKernel } from '@gradus/core/backend';
import { progression } from '../matmul/operand.js';
import { blockColumns, blockDepth, blockRows, packedProduct } from '../matmul/packed-product.js';
import type { NumberArray } from '../program/program.js';
import { filterBlock } from './filter-block.js';

/** Places of the window that see the same elements of the kernel, of several images at once. */
interface Part {
  readonly rows: AxisClass;
  readonly columns: AxisClass;
  /** How many images. */
  readonly count: number;
  /** Where the places lie in the gradient of the output, and what they see in the images. */
  readonly gradientSteps: Int32Array;
  readonly imageSteps: Int32Array;
}

/**
 * The gradient of a convolution for its filter as products of matrices: the gradient of the output
 * (channels × places of all images) times what those places see (places × elements of a filter).
 * Places near a border, which see part of the kernel, make products of their own, and the sums of
 * all are added up at the end.
 */
export class FilterProduct {
  /** The sums of a block, row by row. */
  readonly sums: Float64Array;
  readonly #kernel: Conv2dKernel;
  readonly #block: Int32Array;
  readonly #rows: readonly AxisClass[];
  readonly #columns: readonly AxisClass[];
  /** Of the elements that a part sees: where they begin in the images, and their place in a block. */
  readonly #lines = new Int32Array(blockColumns);
  readonly #targets = new Int32Array(blockColumns);

  /** Prepares `kernel`; runs tell in `block` which part of the filter the sums are of. */
  constructor(kernel: Conv2dKernel, block: Int32Array) {
    const { window, images, filter, output } = kernel;
    const [count, ...extents] = filter;
    const elements = extents.reduce((product, extent) => product * extent, 1);
    this.sums = new Float64Array(Math.min(count, blockRows) * Math.min(elements, blockColumns));
    this.#kernel = kernel;
    this.#block = block;
    this.#rows = axisClasses(placesOf(window, 0, images[2], output[2]));
    this.#columns = axisClasses(placesOf(window, 1, images[3], output[3]));
  }

  /** Sums block by block and calls `finishBlock` when `sums` holds one. */
  run(arrays: readonly NumberArray[], finishBlock: () => void): void {
    const { filter, window } = this.#kernel;
    const filters = filter[0] / window.groups;
    const elements = filter[1] * filter[2] * filter[3];
    const parts = this.#rows.flatMap((rows) =>
      this.#columns.map((columns) => this.#part(rows, columns)),
    );
    const block = this.#block;
    for (let group = 0; group < window.groups; group++) {
      const end = (group + 1) * filters;
      for (let element = 0; element < elements; element += blockColumns) {
        block[filterBlock.firstElement] = element;
        block[filterBlock.endElement] = Math.min(element + blockColumns, elements);
        for (let first = group * filters; first < end; first += blockRows) {
          block[filterBlock.firstFilter] = first;
          block[filterBlock.endFilter] = Math.min(first + blockRows, end);
          this.sums.fill(0);
          for (const part of parts) this.#add(part, group, arrays);
          finishBlock();
        }
      }
    }
  }

  #part(rows: AxisClass, columns: AxisClass): Part {
    const { images, output } = this.#kernel;
    const places = rows.count * columns.count;
    const count = Math.min(Math.max(1, Math.floor(blockDepth / places)), images[0]);
    const gradientSteps = new Int32Array(count * places);
    const imageSteps = new Int32Array(count * places);
    let next = 0;
    for (let image = 0; image < count; image++) {
      for (let i = 0; i < rows.count; i++) {
        const gradientRow = image * output[1] * output[2] + rows.first + i * rows.step;
        const imageRow = image * images[1] * images[2] + i * rows.sourceStep;
        for (let j = 0; j < columns.count; j++) {
          gradientSteps[next] = gradientRow * output[3] + columns.first + j * columns.step;
          imageSteps[next++] = imageRow * images[3] + j * columns.sourceStep;
        }
      }
    }
    return { rows, columns, count, gradientSteps, imageSteps };
  }

  /** Adds what the places of a part contribute to the block. */
  #add(part: Part, group: number, arrays: readonly NumberArray[]): void {
    const { images, output, left, right, window } = this.#kernel;
    const block = this.#block;
    const columns = this.#fillLines(part);
    if (columns === 0) return;
    const firstFilter = block[filterBlock.firstFilter]!;
    const rows = block[filterBlock.endFilter]! - firstFilter;
    const stride = Math.ceil(columns / 4) * 4;
    const product = packedProduct();
    product.tile.fill(0, 0, Math.ceil(rows / 2) * 2 * stride);
    const outputSize = output[2] * output[3];
    const gradientLines = progression(rows, outputSize);
    const channel = (group * images[1]) / window.groups;
    const places = part.rows.count * part.columns.count;
    for (let image = 0; image < images[0]; image += part.count) {
      const depth = Math.min(part.count, images[0] - image) * places;
      const gradient = {
        array: arrays[right]!,
        offset: (image * output[1] + firstFilter) * outputSize,
        lines: gradientLines,
        steps: part.gradientSteps,
      };
      const seen = {
        array: arrays[left]!,
        offset: (image * images[1] + channel) * images[2] * images[3],
        lines: this.#lines,
        steps: part.imageSteps,
      };
      product.add(gradient, seen, { rows, columns, depth, stride }, false);
    }
    this.#collect(product.tile, rows, columns, stride);
  }

  /** Notes the elements of the block that a part sees; returns how many. */
  #fillLines({ rows, columns }: Part): number {
    const { images, filter } = this.#kernel;
    const first = this.#block[filterBlock.firstElement]!;
    const end = this.#block[filterBlock.endElement]!;
    let next = 0;
    for (let element = first; element < end; element++) {
      const line = Math.floor(element / filter[3]);
      const channel = Math.floor(line / filter[2]);
      const i = rows.taps.indexOf(line - channel * filter[2]);
      const j = columns.taps.indexOf(element - line * filter[3]);
      if (i < 0 || j < 0) continue;
      const row = channel * images[2] + rows.sources[i]!;
      this.#lines[next] = row * images[3] + columns.sources[j]!;
      this.#targets[next++] = element - first;
    }
    return next;
  }

  /** Adds the tile to the sums. */
  #collect(tile: Float64Array, rows: number, columns: number, stride: number): void {
    const { sums } = this;
    const length = this.#block[filterBlock.endElement]! - this.#block[filterBlock.firstElement]!;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const target = row * length + this.#targets[column]!;
        sums[target] = sums[target]! + tile[row * stride + column]!;
      }
    }
  }
}
