import { checkOptionNames } from '../arguments.js';
import { isFloating } from '../dtype.js';
import { ArgumentError, DataTypeError, ShapeError } from '../errors.js';
import { formatShape, type Shape } from '../shape.js';
import { GraphNode } from './node.js';
import {
  windowFor,
  windowPlaces,
  type Convolution2d,
  type Window2d,
  type WindowOptions,
} from './window.js';

/** Options of a convolution; the kernel's size is the filter's. */
export type ConvolutionOptions = Omit<WindowOptions, 'kernel'> & { readonly groups?: number };

type ImageShape = readonly [number, number, number, number];

function imageShape(operation: string, what: string, shape: Shape): ImageShape {
  if (shape.length !== 4) {
    throw new ShapeError(`${operation}: ${what} must have rank 4, got ${formatShape(shape)}.`);
  }
  return shape as unknown as ImageShape;
}

/** Cross-correlation of images [n, c, h, w] with filters [o, c / groups, kh, kw]. */
export function conv2d(
  input: GraphNode,
  filter: GraphNode,
  options: ConvolutionOptions,
): GraphNode {
  const [count, channels, height, width] = imageShape(
    'conv2d',
    'the input [n, c, h, w]',
    input.shape,
  );
  const [outputs, perGroup, ...kernel] = imageShape(
    'conv2d',
    'the filter [out, in / groups, h, w]',
    filter.shape,
  );
  const convolution = convolutionFor('conv2d', [height, width], kernel, options);
  checkGroups('conv2d', channels, outputs, perGroup, convolution.groups);
  checkDataTypes('conv2d', input, filter);
  const places = windowPlaces([height, width], convolution);
  return new GraphNode(
    'conv2d',
    [input, filter],
    convolution,
    [count, outputs, ...places],
    input.dtype,
  );
}

/** Resolves and checks the options of a convolution over images of this size. */
function convolutionFor(
  operation: string,
  image: readonly [number, number],
  kernel: readonly [number, number],
  options: ConvolutionOptions,
): Convolution2d {
  checkOptionNames(operation, options, ['stride', 'padding', 'dilation', 'groups']);
  const { groups = 1, ...window } = options;
  if (!Number.isInteger(groups) || groups < 1) {
    throw new ArgumentError(`${operation}: groups must be a positive integer, got ${groups}.`);
  }
  return { ...windowFor(operation, image, { kernel, ...window }), groups };
}

function checkGroups(
  operation: string,
  channels: number,
  outputs: number,
  perGroup: number,
  groups: number,
): void {
  if (channels % groups !== 0 || outputs % groups !== 0) {
    throw new ShapeError(
      `${operation}: ${channels} input and ${outputs} output channels do not divide into ${groups} groups.`,
    );
  }
  if (perGroup * groups !== channels) {
    throw new ShapeError(
      `${operation}: the filter sees ${perGroup} channels in each of ${groups} groups, ` +
        `but the input has ${channels} channels; expected ${channels / groups} per group.`,
    );
  }
}

function checkDataTypes(operation: string, left: GraphNode, right: GraphNode): void {
  if (left.dtype !== right.dtype || !isFloating(left.dtype)) {
    throw new DataTypeError(
      `${operation}: operands have dtypes ${left.dtype} and ${right.dtype}, expected one floating-point dtype; cast first.`,
    );
  }
}

/**
 * What `conv2d` of an input of `shape` with `filter` sends back for a gradient of its output: the
 * transposed convolution.
 */
export function conv2dInputGradient(
  gradient: GraphNode,
  filter: GraphNode,
  shape: Shape,
  convolution: Convolution2d,
): GraphNode {
  checkDataTypes('conv2dInputGradient', gradient, filter);
  const [count, channels, height, width] = imageShape('conv2dInputGradient', 'the input', shape);
  const [outputs, perGroup] = imageShape('conv2dInputGradient', 'the filter', filter.shape);
  checkGroups('conv2dInputGradient', channels, outputs, perGroup, convolution.groups);
  checkPlaces('conv2dInputGradient', gradient, [count, outputs, height, width], convolution);
  return new GraphNode('conv2dInputGradient', [gradient, filter], convolution, shape, filter.dtype);
}

/** The gradient of `conv2d` with respect to a filter of `shape`. */
export function conv2dFilterGradient(
  input: GraphNode,
  gradient: GraphNode,
  shape: Shape,
  convolution: Convolution2d,
): GraphNode {
  checkDataTypes('conv2dFilterGradient', input, gradient);
  const [count, channels, height, width] = imageShape(
    'conv2dFilterGradient',
    'the input',
    input.shape,
  );
  const [outputs, perGroup] = imageShape('conv2dFilterGradient', 'the filter', shape);
  checkGroups('conv2dFilterGradient', channels, outputs, perGroup, convolution.groups);
  checkPlaces('conv2dFilterGradient', gradient, [count, outputs, height, width], convolution);
  return new GraphNode('conv2dFilterGradient', [input, gradient], convolution, shape, input.dtype);
}

function checkPlaces(
  operation: string,
  gradient: GraphNode,
  [count, channels, height, width]: ImageShape,
  window: Window2d,
): void {
  const expected = [count, channels, ...windowPlaces([height, width], window)];
  if (formatShape(gradient.shape) !== formatShape(expected)) {
    throw new ShapeError(
      `${operation}: the gradient of the output must be ${formatShape(expected)}, got ${formatShape(gradient.shape)}.`,
    );
  }
}
