import { DataTypeError, ShapeError } from '../errors.js';
import { formatShape, type Shape } from '../shape.js';
import { GraphNode } from './node.js';
import { windowPlaces, type Window2d } from './window.js';

function pooled(name: 'maxPool2d' | 'sumPool2d', input: GraphNode, window: Window2d): GraphNode {
  if (input.shape.length !== 4) {
    throw new ShapeError(
      `${name}: the input [n, c, h, w] must have rank 4, got ${formatShape(input.shape)}.`,
    );
  }
  if (input.dtype === 'bool') throw new DataTypeError(`${name}: got bool; cast first.`);
  const [count, channels, height, width] = input.shape as [number, number, number, number];
  const shape = [count, channels, ...windowPlaces([height, width], window)];
  return new GraphNode(name, [input], window, shape, input.dtype);
}

/** The greatest element in each place of the window; padding never wins, NaN always does. */
export function maxPool2d(input: GraphNode, window: Window2d): GraphNode {
  return pooled('maxPool2d', input, window);
}

/** Where in its window (row · width + column) each of `maxima` is: at the first of equals. */
export function maxPool2dPositions(
  input: GraphNode,
  maxima: GraphNode,
  window: Window2d,
): GraphNode {
  const { shape, dtype } = maxPool2d(input, window);
  if (formatShape(maxima.shape) !== formatShape(shape) || maxima.dtype !== dtype) {
    throw new ShapeError(
      `maxPool2dPositions: the maxima must be ${dtype} ${formatShape(shape)}, got ${maxima.dtype} ${formatShape(maxima.shape)}.`,
    );
  }
  return new GraphNode('maxPool2dPositions', [input, maxima], window, shape, 'int32');
}

/** The sum over each place of the window; padding counts as 0. */
export function sumPool2d(input: GraphNode, window: Window2d): GraphNode {
  return pooled('sumPool2d', input, window);
}

/** Images of `shape`: every value of `pooled` added to each element its window covers. */
export function sumUnpool2d(values: GraphNode, shape: Shape, window: Window2d): GraphNode {
  return new GraphNode('sumUnpool2d', [values], window, shape, values.dtype);
}

/** Images of `shape`: every value added to the one element of its window that `positions` names. */
export function maxUnpool2d(
  values: GraphNode,
  positions: GraphNode,
  shape: Shape,
  window: Window2d,
): GraphNode {
  if (positions.dtype !== 'int32' || formatShape(positions.shape) !== formatShape(values.shape)) {
    throw new ShapeError(
      `maxUnpool2d: positions must be int32 ${formatShape(values.shape)}, got ${positions.dtype} ${formatShape(positions.shape)}.`,
    );
  }
  return new GraphNode('maxUnpool2d', [values, positions], window, shape, values.dtype);
}
