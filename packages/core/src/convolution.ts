import * as graph from './graph/convolution.js';
import type { ConvolutionOptions } from './graph/convolution.js';
import type { Convolution2d } from './graph/window.js';
import type { Shape } from './shape.js';
import { asTensor, Tensor } from './tensor.js';
import { nodeOf, type TensorLike } from './tensor-like.js';

/**
 * The cross-correlation of images [n, c, h, w] with filters [o, c / groups, kh, kw], which deep
 * learning calls convolution: y[n, o, i, j] = Σ x[n, c, i·stride + k·dilation − top, …] · w[o, c, k, l].
 *
 * `padding` is a number, [vertical, horizontal], per side, `'valid'` (none, the default) or
 * `'same'` (⌈size / stride⌉, an odd element at the end). Throws a `ShapeError` for ranks other than
 * 4, channels that do not fit, and kernels larger than the padded image.
 */
export function conv2d(
  images: TensorLike,
  filter: TensorLike,
  options: ConvolutionOptions = {},
): Tensor {
  const input = asTensor(images);
  return new Tensor(graph.conv2d(input.node, nodeOf(filter, input.dtype), options));
}

/**
 * What `conv2d` sends back to images of `shape` for a gradient of its output: the transposed
 * convolution. Linear in both operands.
 */
export function conv2dInputGradient(
  gradient: TensorLike,
  filter: TensorLike,
  shape: Shape,
  convolution: Convolution2d,
): Tensor {
  const node = graph.conv2dInputGradient(nodeOf(gradient), nodeOf(filter), shape, convolution);
  return new Tensor(node);
}

/** What `conv2d` sends back to a filter of `shape` for a gradient of its output. */
export function conv2dFilterGradient(
  images: TensorLike,
  gradient: TensorLike,
  shape: Shape,
  convolution: Convolution2d,
): Tensor {
  const node = graph.conv2dFilterGradient(nodeOf(images), nodeOf(gradient), shape, convolution);
  return new Tensor(node);
}
