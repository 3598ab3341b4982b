import { conv2d, conv2dFilterGradient, conv2dInputGradient, type Shape } from '@gradus/core';
import { ExactSum, tensorFunction, times, type Operands } from './tensor-function.js';
import type { Workload } from './workload.js';

/** A convolution of square images that are padded so that a stride of 1 keeps their size. */
export interface ConvolutionSizes {
  /** Images in a batch. */
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Height and width of the images. */
  readonly size: number;
  /** Height and width of the filters. */
  readonly kernel: number;
  readonly stride: number;
}

/** What a convolution computes, or what it sends back. */
export type ConvolutionPass = 'forward' | 'input-gradient' | 'filter-gradient';

/** A convolution, or one of its gradients, as a workload `name-pass`. */
export function convolution(
  name: string,
  pass: ConvolutionPass,
  sizes: ConvolutionSizes,
): Workload {
  const geometry = new Geometry(sizes);
  const { images, filter, output, before, behind } = geometry;
  const { kernel, stride } = sizes;
  const padding = { top: before, bottom: behind, left: before, right: behind };
  const settings = { stride, padding } as const;
  const window = {
    kernel: [kernel, kernel],
    stride: [stride, stride],
    dilation: [1, 1],
    padding,
    groups: 1,
  } as const;
  const [, depth = 1, ...taps] = filter;
  const moved = `filters ${times(taps)} over images ${times(images)}, stride ${stride}`;
  const shared = {
    name: `${name}-${pass}`,
    operations: 2 * product(output) * depth * product(taps),
  };
  switch (pass) {
    case 'forward':
      return tensorFunction({
        ...shared,
        description: `a convolution: ${filter[0]} ${moved}`,
        shapes: [images, filter],
        compute: ([x, w]) => conv2d(x!, w!, settings),
        exact: (operands, place) => geometry.forward(operands, place),
      });
    case 'input-gradient':
      return tensorFunction({
        ...shared,
        description: `what a convolution sends back to its images: ${filter[0]} ${moved}`,
        shapes: [output, filter],
        compute: ([gradient, w]) => conv2dInputGradient(gradient!, w!, images, window),
        exact: (operands, place) => geometry.inputGradient(operands, place),
      });
    case 'filter-gradient':
      return tensorFunction({
        ...shared,
        description: `what a convolution sends back to its filters: ${filter[0]} ${moved}`,
        shapes: [images, output],
        compute: ([x, gradient]) => conv2dFilterGradient(x!, gradient!, filter, window),
        exact: (operands, place) => geometry.filterGradient(operands, place),
      });
  }
}

/** The definition of a convolution and its gradients, an element at a time. */
class Geometry {
  readonly images: Shape;
  readonly filter: Shape;
  readonly output: Shape;
  /** Zeros before and behind each row and column. */
  readonly before: number;
  readonly behind: number;
  readonly #sizes: ConvolutionSizes;

  constructor(sizes: ConvolutionSizes) {
    const { batch, inChannels, outChannels, size, kernel, stride } = sizes;
    const places = Math.ceil(size / stride);
    const missing = Math.max(0, (places - 1) * stride + kernel - size);
    this.before = missing >> 1;
    this.behind = missing - this.before;
    this.images = [batch, inChannels, size, size];
    this.filter = [outChannels, inChannels, kernel, kernel];
    this.output = [batch, outChannels, places, places];
    this.#sizes = sizes;
  }

  forward([images, filter]: Operands, place: number): ExactSum {
    const { inChannels, kernel } = this.#sizes;
    const [image, out, row, column] = position(this.output, place);
    const sum = new ExactSum();
    for (let channel = 0; channel < inChannels; channel++) {
      for (let y = 0; y < kernel; y++) {
        for (let x = 0; x < kernel; x++) {
          const weight = filter![offset(this.filter, out, channel, y, x)]!;
          this.#pixel(images!, [image, channel, row, column], y, x, (pixel) =>
            sum.add(pixel, weight),
          );
        }
      }
    }
    return sum;
  }

  inputGradient([gradient, filter]: Operands, place: number): ExactSum {
    const { outChannels, kernel, stride } = this.#sizes;
    const [image, channel, row, column] = position(this.images, place);
    const places = this.output[2]!;
    const sum = new ExactSum();
    for (let y = 0; y < kernel; y++) {
      for (let x = 0; x < kernel; x++) {
        const [i, j] = [(row + this.before - y) / stride, (column + this.before - x) / stride];
        if (!isPlace(i, places) || !isPlace(j, places)) continue;
        for (let out = 0; out < outChannels; out++) {
          sum.add(
            gradient![offset(this.output, image, out, i, j)]!,
            filter![offset(this.filter, out, channel, y, x)]!,
          );
        }
      }
    }
    return sum;
  }

  filterGradient([images, gradient]: Operands, place: number): ExactSum {
    const [out, channel, y, x] = position(this.filter, place);
    const [batch = 0, , places = 0] = this.output;
    const sum = new ExactSum();
    for (let image = 0; image < batch; image++) {
      for (let row = 0; row < places; row++) {
        for (let column = 0; column < places; column++) {
          const arrived = gradient![offset(this.output, image, out, row, column)]!;
          this.#pixel(images!, [image, channel, row, column], y, x, (pixel) =>
            sum.add(pixel, arrived),
          );
        }
      }
    }
    return sum;
  }

  /** Gives the pixel that an element of a filter sees from a place, unless that is padding. */
  #pixel(
    images: Float32Array,
    [image, channel, row, column]: Position,
    y: number,
    x: number,
    use: (pixel: number) => void,
  ): void {
    const { size, stride } = this.#sizes;
    const [i, j] = [row * stride + y - this.before, column * stride + x - this.before];
    if (isPlace(i, size) && isPlace(j, size))
      use(images[offset(this.images, image, channel, i, j)]!);
  }
}

type Position = readonly [number, number, number, number];

function isPlace(coordinate: number, extent: number): boolean {
  return Number.isInteger(coordinate) && coordinate >= 0 && coordinate < extent;
}

function offset(
  [, b = 1, c = 1, d = 1]: Shape,
  i: number,
  j: number,
  k: number,
  l: number,
): number {
  return ((i * b + j) * c + k) * d + l;
}

function position([, b = 1, c = 1, d = 1]: Shape, place: number): Position {
  const rows = Math.floor(place / d);
  const planes = Math.floor(rows / c);
  return [Math.floor(planes / b), planes % b, rows % c, place % d];
}

function product(extents: readonly number[]): number {
  return extents.reduce((total, extent) => total * extent, 1);
}
