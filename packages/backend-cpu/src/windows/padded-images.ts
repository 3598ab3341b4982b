import type { Conv2dKernel, ImageShape } from '@gradus/core/backend';
import type { NumberArray } from '../program/program.js';

/** How a window lies on images. */
export type Window = Omit<Conv2dKernel['window'], 'groups'>;

/**
 * One image at a time, as doubles, with its padding around it: there every element that a window
 * sees exists. That of kernel element k at place p is `elements[k] + places[p]`, in every group of
 * channels.
 */
export class PaddedImage {
  /** All channels, row by row, padding included. */
  readonly array: Float64Array;
  /** Where the elements of a window over one group of channels are, from the window's place. */
  readonly elements: Int32Array;
  /** Where the places of the window are. */
  readonly places: Int32Array;
  /** How far apart channels and rows are, and where the image itself begins. */
  readonly strides: readonly [channel: number, row: number];
  readonly start: number;
  readonly #shape: ImageShape;

  /**
   * Room for one of the images of a shape; the window has so many places down and across, and
   * spans `perGroup` channels.
   */
  constructor(
    shape: ImageShape,
    { kernel, stride, dilation, padding }: Window,
    places: readonly [number, number],
    perGroup: number,
  ) {
    const [, channels, height, width] = shape;
    const rowStride = width + padding.left + padding.right;
    const channelStride = (height + padding.top + padding.bottom) * rowStride;
    this.#shape = shape;
    this.array = new Float64Array(channels * channelStride);
    this.strides = [channelStride, rowStride];
    this.start = padding.top * rowStride + padding.left;
    this.elements = offsets(
      [perGroup, ...kernel],
      [channelStride, dilation[0] * rowStride, dilation[1]],
    );
    this.places = offsets([1, ...places], [0, stride[0] * rowStride, stride[1]]);
  }

  /** Becomes image `index` of `images`. */
  load(images: NumberArray, index: number): void {
    const [, channels, height, width] = this.#shape;
    const [channelStride, rowStride] = this.strides;
    let from = index * channels * height * width;
    for (let channel = 0; channel < channels; channel++) {
      for (let row = 0; row < height; row++) {
        let to = this.start + channel * channelStride + row * rowStride;
        for (let column = 0; column < width; column++) this.array[to++] = images[from++]!;
      }
    }
  }

  /** The elements from group `group` on. */
  group(group: number, channels: number): Float64Array {
    return this.array.subarray(group * channels * this.strides[0]);
  }
}

/** Σ coordinate · stride for all coordinates, in row-major order. */
function offsets(
  [first, second, third]: readonly [number, number, number],
  strides: readonly [number, number, number],
): Int32Array {
  const result = new Int32Array(first * second * third);
  let next = 0;
  for (let i = 0; i < first; i++) {
    for (let j = 0; j < second; j++) {
      for (let k = 0; k < third; k++) {
        result[next++] = i * strides[0] + j * strides[1] + k * strides[2];
      }
    }
  }
  return result;
}
