import { checkOptionNames } from './arguments.js';
import { ArgumentError, DataTypeError } from './errors.js';
import { isFloating } from './dtype.js';
import * as graph from './graph/pooling.js';
import {
  windowFor,
  windowPlaces,
  windowSettings,
  type Pair,
  type PaddingOption,
  type Window2d,
  type WindowSettings,
} from './graph/window.js';
import type { Shape } from './shape.js';
import { asTensor, tensor, Tensor } from './tensor.js';
import { nodeOf, type TensorLike } from './tensor-like.js';

/** The window of a pooling. */
export interface PoolingOptions {
  readonly kernelSize: Pair;
  /** How far the window moves; its own size when left out, so that places do not overlap. */
  readonly stride?: Pair | undefined;
  readonly padding?: PaddingOption | undefined;
  readonly dilation?: Pair | undefined;
}

/**
 * Checks the options of a pooling, before there is an image. Errors name `operation`.
 *
 * @throws ArgumentError as `windowSettings` does, and for padding as large as the window.
 */
export function poolingSettings(
  operation: string,
  { kernelSize, stride = kernelSize, padding, dilation }: PoolingOptions,
): WindowSettings {
  const settings = windowSettings(operation, { kernel: kernelSize, stride, padding, dilation });
  if (settings.padding === 'same') return settings;
  const { top, bottom, left, right } = settings.padding;
  const [rows, columns] = settings.kernel.map(
    (extent, axis) => (extent - 1) * settings.dilation[axis]!,
  );
  if (Math.max(top, bottom) > rows! || Math.max(left, right) > columns!) {
    throw new ArgumentError(
      `${operation}: padding must be less than the window (${settings.kernel.join(' x ')}), or windows would see nothing but padding.`,
    );
  }
  return settings;
}

/** The window that pooling options describe for images of this size. */
function poolingWindow(
  operation: string,
  images: Tensor,
  options: PoolingOptions,
  ownNames: readonly string[] = [],
): Window2d {
  const names = ['kernelSize', 'stride', 'padding', 'dilation', ...ownNames];
  checkOptionNames(operation, options, names);
  const [height = 0, width = 0] = images.shape.slice(-2);
  return windowFor(operation, [height, width], poolingSettings(operation, options));
}

/**
 * The greatest element of each window over images [n, c, h, w]; padding never wins, NaN always
 * does. The gradient goes to the first of equal elements, as in PyTorch.
 */
export function maxPool2d(images: TensorLike, options: PoolingOptions): Tensor {
  const input = asTensor(images);
  return new Tensor(graph.maxPool2d(input.node, poolingWindow('maxPool2d', input, options)));
}

/** The mean of each window over images [n, c, h, w]. */
export function avgPool2d(
  images: TensorLike,
  options: PoolingOptions & {
    /** Whether padding counts as zeros in the mean (true, as in PyTorch) or not at all. */
    readonly countIncludePad?: boolean | undefined;
  },
): Tensor {
  const input = asTensor(images);
  if (!isFloating(input.dtype)) {
    throw new DataTypeError(`avgPool2d: got ${input.dtype}, expected a floating-point dtype.`);
  }
  const window = poolingWindow('avgPool2d', input, options, ['countIncludePad']);
  const sums = new Tensor(graph.sumPool2d(input.node, window));
  const { top, bottom, left, right } = window.padding;
  const padded = top + bottom + left + right > 0;
  if (options.countIncludePad !== false || !padded) {
    return sums.div(window.kernel[0] * window.kernel[1]);
  }
  return sums.div(elementCounts(input, window));
}

/** How many elements of the image each place of the window covers, shape [oh, ow]. */
function elementCounts(images: Tensor, window: Window2d): Tensor {
  const size = images.shape.slice(-2) as [number, number];
  const before = [window.padding.top, window.padding.left] as const;
  const places = windowPlaces(size, window);
  const along = (axis: 0 | 1): number[] =>
    Array.from({ length: places[axis] }, (_, place) => {
      const start = place * window.stride[axis] - before[axis];
      const elements = Array.from(
        { length: window.kernel[axis] },
        (_unused, k) => start + k * window.dilation[axis],
      );
      return elements.filter((at) => at >= 0 && at < size[axis]).length;
    });
  const columns = along(1);
  const counts = along(0).map((rows) => columns.map((each) => rows * each));
  return tensor(counts, { dtype: images.dtype });
}

/**
 * Where in its window (row · width + column, int32) each of `maxima`, which `maxPool2d` found in
 * the images, is: at the first of equal elements.
 */
export function maxPool2dPositions(
  images: TensorLike,
  maxima: TensorLike,
  window: Window2d,
): Tensor {
  return new Tensor(graph.maxPool2dPositions(nodeOf(images), nodeOf(maxima), window));
}

/** The sum over each place of a window; padding counts as 0. */
export function sumPool2d(images: TensorLike, window: Window2d): Tensor {
  return new Tensor(graph.sumPool2d(nodeOf(images), window));
}

/** Images of `shape` in which each value is added to all elements its window covers. */
export function sumUnpool2d(values: TensorLike, shape: Shape, window: Window2d): Tensor {
  return new Tensor(graph.sumUnpool2d(nodeOf(values), shape, window));
}

/** Images of `shape` in which each value is added to the element of its window that `positions` names. */
export function maxUnpool2d(
  values: TensorLike,
  positions: TensorLike,
  shape: Shape,
  window: Window2d,
): Tensor {
  return new Tensor(graph.maxUnpool2d(nodeOf(values), nodeOf(positions), shape, window));
}

/** The elements of the images that `positions` name: what `maxUnpool2d` transposes. */
export function elementsAt(images: TensorLike, positions: TensorLike, window: Window2d): Tensor {
  const input = asTensor(images);
  const named = asTensor(positions);
  const [count = 1, channels = 1, height = 1, width = 1] = input.shape;
  const [, , rows = 1, columns = 1] = named.shape;
  const coordinate = (length: number, stride: number, before: number): Tensor =>
    tensor(Int32Array.from({ length }, (_, i) => i * stride - before));
  const { stride, padding, dilation, kernel } = window;
  const y = coordinate(rows, stride[0], padding.top)
    .reshape([rows, 1])
    .add(named.floorDiv(kernel[1]).mul(dilation[0]));
  const x = coordinate(columns, stride[1], padding.left).add(named.mod(kernel[1]).mul(dilation[1]));
  const image = tensor(Int32Array.from({ length: count * channels }, (_, i) => i * height * width));
  const place = y
    .mul(width)
    .add(x)
    .add(image.reshape([count, channels, 1, 1]));
  return input.reshape([-1]).gather(place);
}
