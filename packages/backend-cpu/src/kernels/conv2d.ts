import type { Conv2dKernel } from '@gradus/core/backend';
import { multiplyByBlocks, type Block } from '../matmul/blocks.js';
import type { Matrix } from '../matmul/matrix.js';
import { packedProduct } from '../matmul/packed-product.js';
import type { NumberArray } from '../program/program.js';
import { PaddedImage } from '../windows/padded-images.js';
import type { WindowRun } from './slab.js';

/**
 * Each pass as products of matrices (implicit GEMM): patches of an image, which are packed straight
 * from it and never written out as a matrix, the filter, and the gradient of the output.
 */
export function prepareConvolution(kernel: Conv2dKernel): WindowRun {
  const sizes = sizesOf(kernel);
  const { images, window, output } = kernel;
  const places = [output[2], output[3]] as const;
  const image = new PaddedImage(images, window, places, sizes.channels);
  switch (kernel.pass) {
    case 'forward':
      return forward(kernel, sizes, image);
    case 'inputGradient':
      return inputGradient(kernel, sizes, image);
    case 'filterGradient':
      return filterGradient(kernel, sizes, image);
  }
}

interface Sizes {
  readonly count: number;
  readonly groups: number;
  /** Of the output and of the images, for each group. */
  readonly outputs: number;
  readonly channels: number;
  /** How many elements a filter has, and how many places its window. */
  readonly elements: number;
  readonly places: number;
}

function sizesOf({ images, filter, output, window: { groups } }: Conv2dKernel): Sizes {
  return {
    count: images[0],
    groups,
    outputs: filter[0] / groups,
    channels: filter[1],
    elements: filter[1] * filter[2] * filter[3],
    places: output[2] * output[3],
  };
}

/** For each image, outputs × places = filter (outputs × elements) · patches (elements × places). */
function forward(kernel: Conv2dKernel, sizes: Sizes, image: PaddedImage): WindowRun {
  const { dtype, output, left, right } = kernel;
  const { count, groups, outputs, channels, elements, places } = sizes;
  const results = new Float64Array(groups * outputs * places);
  return {
    results,
    layout: { dtype, start: 0, strides: [0, places, output[3], 1] },
    run(arrays, finish) {
      for (let index = 0; index < count; index++) {
        image.load(arrays[left]!, index);
        for (let group = 0; group < groups; group++) {
          const first = group * outputs;
          const product = {
            left: filterMatrix(arrays[right]!, first, elements),
            right: patches(image, group, channels),
            dtype,
            rows: outputs,
            columns: places,
            depth: elements,
          };
          multiplyByBlocks(product, (block) => copyBlock(block, results, first * places, places));
        }
        finish(index, index + 1);
      }
    },
  };
}

/**
 * For each image, elements × places = filterᵀ (elements × outputs) · gradient (outputs × places),
 * whose elements are added to where the window saw them.
 */
function inputGradient(kernel: Conv2dKernel, sizes: Sizes, image: PaddedImage): WindowRun {
  const { dtype, left, right } = kernel;
  const { count, groups, outputs, channels, elements, places } = sizes;
  const { start, strides } = image;
  return {
    results: image.array,
    layout: { dtype, start, strides: [0, ...strides, 1] },
    run(arrays, finish) {
      for (let index = 0; index < count; index++) {
        image.array.fill(0);
        for (let group = 0; group < groups; group++) {
          const first = group * outputs;
          const filter = filterMatrix(arrays[right]!, first, elements);
          const product = {
            left: { ...filter, rowStride: 1, columnStride: elements },
            right: outputMatrix(arrays[left]!, index * groups * outputs + first, places),
            dtype,
            rows: elements,
            columns: places,
            depth: outputs,
          };
          const target = image.group(group, channels);
          multiplyByBlocks(product, (block) => scatterBlock(block, target, image));
        }
        finish(index, index + 1);
      }
    },
  };
}

/** outputs × elements = Σ over images of gradient (outputs × places) · patchesᵀ (places × elements). */
function filterGradient(kernel: Conv2dKernel, sizes: Sizes, image: PaddedImage): WindowRun {
  const { dtype, filter, left, right } = kernel;
  const { count, groups, outputs, channels, elements, places } = sizes;
  const results = new Float64Array(groups * outputs * elements);
  return {
    results,
    layout: { dtype, start: 0, strides: [elements, filter[2] * filter[3], filter[3], 1] },
    run(arrays, finish) {
      results.fill(0);
      for (let index = 0; index < count; index++) {
        image.load(arrays[left]!, index);
        for (let group = 0; group < groups; group++) {
          const first = group * outputs;
          const { array, rowOffsets, columnOffsets } = patches(image, group, channels);
          const product = {
            left: outputMatrix(arrays[right]!, index * groups * outputs + first, places),
            right: { array, rowOffsets: columnOffsets, columnOffsets: rowOffsets },
            dtype,
            rows: outputs,
            columns: elements,
            depth: places,
          };
          multiplyByBlocks(product, (block) => {
            addBlock(block, results, first * elements, elements);
          });
        }
      }
      finish(0, groups * outputs);
    },
  };
}

const filterMatrix = (array: NumberArray, output: number, elements: number) => ({
  array,
  offset: output * elements,
  rowStride: elements,
  columnStride: 1,
});

const outputMatrix = (array: NumberArray, channel: number, places: number): Matrix => ({
  array,
  offset: channel * places,
  rowStride: places,
  columnStride: 1,
});

/** elements × places. */
const patches = (image: PaddedImage, group: number, channels: number) => ({
  array: image.group(group, channels),
  rowOffsets: image.elements,
  columnOffsets: image.places,
});

/** Writes the tile into a matrix that begins at `start` and has rows of `length`. */
function copyBlock(block: Block, target: Float64Array, start: number, length: number): void {
  const { tile } = packedProduct();
  const { firstRow, endRow, firstColumn, endColumn, stride } = block;
  for (let row = firstRow; row < endRow; row++) {
    let to = start + row * length + firstColumn;
    let from = (row - firstRow) * stride;
    for (let column = firstColumn; column < endColumn; column++) target[to++] = tile[from++]!;
  }
}

/** Adds the tile to a matrix that begins at `start` and has rows of `length`. */
function addBlock(block: Block, target: Float64Array, start: number, length: number): void {
  const { tile } = packedProduct();
  const { firstRow, endRow, firstColumn, endColumn, stride } = block;
  for (let row = firstRow; row < endRow; row++) {
    let to = start + row * length + firstColumn;
    let from = (row - firstRow) * stride;
    for (let column = firstColumn; column < endColumn; column++, to++) {
      target[to] = target[to]! + tile[from++]!;
    }
  }
}

/** Adds the tile, elements × places, to where the window saw them. */
function scatterBlock(block: Block, target: Float64Array, { elements, places }: PaddedImage): void {
  const { tile } = packedProduct();
  const { firstRow, endRow, firstColumn, endColumn, stride } = block;
  for (let row = firstRow; row < endRow; row++) {
    const element = elements[row]!;
    let from = (row - firstRow) * stride;
    for (let column = firstColumn; column < endColumn; column++) {
      const to = element + places[column]!;
      target[to] = target[to]! + tile[from++]!;
    }
  }
}
