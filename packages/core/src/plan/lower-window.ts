import type { Expression } from '../backend/expression.js';
import type {
  Conv2dKernel,
  ImageShape,
  Pool2dKernel,
  ReduceKernel,
  Reduction,
  Unpool2dKernel,
} from '../backend/kernels.js';
import { valueRange } from '../backend/reductions.js';
import type { Window2d } from '../graph/window.js';
import {
  axisCoordinate,
  integer,
  integerOperation,
  integerProduct,
  integerSum,
} from './integer-expression.js';

const both = (a: Expression, b: Expression): Expression => ({
  op: 'and',
  dtype: 'bool',
  inputs: [a, b],
});
const equal = (a: Expression, b: Expression): Expression => ({
  op: 'equal',
  dtype: 'bool',
  inputs: [a, b],
});
const within = (value: Expression, extent: number): Expression =>
  both(
    { op: 'lessEqual', dtype: 'bool', inputs: [integer(0), value] },
    { op: 'less', dtype: 'bool', inputs: [value, integer(extent)] },
  );
const sum = (...terms: readonly Expression[]): Expression => terms.reduce(integerSum);

/** Row-major position of coordinates in `shape`. */
function position(shape: ImageShape, coordinates: readonly Expression[]): Expression {
  return coordinates.reduce((index, coordinate, axis) =>
    integerSum(integerProduct(index, shape[axis]!), coordinate),
  );
}

/** A place in an image or among the outputs, and whether there is one. */
interface Place {
  readonly row: Expression;
  readonly column: Expression;
  readonly exists: Expression;
}

/** The element of an image of the given size that kernel element (ky, kx) meets at output (oy, ox). */
function imagePlace(
  window: Window2d,
  [, , height, width]: ImageShape,
  [oy, ox]: readonly [Expression, Expression],
  [ky, kx]: readonly [Expression, Expression],
): Place {
  const { stride, dilation, padding } = window;
  const row = sum(
    integerProduct(oy, stride[0]),
    integerProduct(ky, dilation[0]),
    integer(-padding.top),
  );
  const column = sum(
    integerProduct(ox, stride[1]),
    integerProduct(kx, dilation[1]),
    integer(-padding.left),
  );
  return { row, column, exists: both(within(row, height), within(column, width)) };
}

/** The output at which kernel element (ky, kx) meets image element (y, x), if there is one. */
function outputPlace(
  window: Window2d,
  [, , height, width]: ImageShape,
  [y, x]: readonly [Expression, Expression],
  [ky, kx]: readonly [Expression, Expression],
): Place {
  const { stride, dilation, padding } = window;
  const along = (at: Expression, k: Expression, before: number, axis: 0 | 1): Expression =>
    sum(at, integerProduct(k, -dilation[axis]), integer(before));
  const down = along(y, ky, padding.top, 0);
  const across = along(x, kx, padding.left, 1);
  const divided = (value: Expression, by: number): Expression =>
    by === 1 ? value : integerOperation('floorDiv', value, integer(by));
  const whole = (value: Expression, by: number): Expression =>
    equal(integerOperation('mod', value, integer(by)), integer(0));
  const [row, column] = [divided(down, stride[0]), divided(across, stride[1])];
  let exists = both(within(row, height), within(column, width));
  if (stride[0] > 1) exists = both(exists, whole(down, stride[0]));
  if (stride[1] > 1) exists = both(exists, whole(across, stride[1]));
  return { row, column, exists };
}

const axes = (first: number): [Expression, Expression] => [
  axisCoordinate(first),
  axisCoordinate(first + 1),
];

/** A convolution as a sum of products: over channels and window, or over batch and places. */
export function lowerConv2d(kernel: Conv2dKernel): ReduceKernel {
  const { dtype, images, filter, output, window, left, right } = kernel;
  const [outputs, perGroup] = filter;
  const outputsPerGroup = outputs / window.groups;
  const load = (buffer: number, index: Expression, mask?: Expression): Expression =>
    mask === undefined
      ? { op: 'load', dtype, buffer, index }
      : { op: 'load', dtype, buffer, index, mask };
  const [a0, a1, a4] = [axisCoordinate(0), axisCoordinate(1), axisCoordinate(4)];
  /** Channel `inner` of the group that `channel` (of so many per group) belongs to. */
  const inGroup = (channel: Expression, per: number, inner: Expression, of: number): Expression =>
    window.groups === 1
      ? inner
      : sum(integerProduct(integerOperation('floorDiv', channel, integer(per)), of), inner);
  const factors = (): { reduceShape: number[]; inputs: Expression[] } => {
    if (kernel.pass === 'forward') {
      const { row, column, exists } = imagePlace(window, images, axes(2), axes(5));
      const channel = inGroup(a1, outputsPerGroup, a4, perGroup);
      return {
        reduceShape: [perGroup, filter[2], filter[3]],
        inputs: [
          load(left, position(images, [a0, channel, row, column]), exists),
          load(right, position(filter, [a1, a4, ...axes(5)])),
        ],
      };
    }
    if (kernel.pass === 'inputGradient') {
      const { row, column, exists } = outputPlace(window, output, axes(2), axes(5));
      const outputChannel = inGroup(a1, perGroup, a4, outputsPerGroup);
      const channel = window.groups === 1 ? a1 : integerOperation('mod', a1, integer(perGroup));
      return {
        reduceShape: [outputsPerGroup, filter[2], filter[3]],
        inputs: [
          load(left, position(output, [a0, outputChannel, row, column]), exists),
          load(right, position(filter, [outputChannel, channel, ...axes(5)])),
        ],
      };
    }
    const { row, column, exists } = imagePlace(window, images, axes(5), axes(2));
    const channel = inGroup(a0, outputsPerGroup, a1, perGroup);
    return {
      reduceShape: [output[0], output[2], output[3]],
      inputs: [
        load(left, position(images, [a4, channel, row, column]), exists),
        load(right, position(output, [a4, a0, ...axes(5)])),
      ],
    };
  };
  const { reduceShape, inputs } = factors();
  const value: Expression = { op: 'mul', dtype, inputs };
  return lowered(kernel, reduceShape, [{ operation: 'sum', dtype, value }]);
}

/** Pooling as a reduction over the window. */
export function lowerPool2d(kernel: Pool2dKernel): ReduceKernel {
  const { dtype, images, window, buffer, maxima } = kernel;
  const { row, column, exists } = imagePlace(window, images, axes(2), axes(4));
  const [n, c] = axes(0);
  const index = position(images, [n, c, row, column]);
  const element: Expression = { op: 'load', dtype, buffer, index, mask: exists };
  if (kernel.operation === 'sum') {
    return lowered(kernel, window.kernel, [{ operation: 'sum', dtype, value: element }]);
  }
  if (maxima === undefined) {
    const outside: Expression = { op: 'constant', dtype, value: valueRange[dtype][0] };
    const value: Expression = { op: 'where', dtype, inputs: [exists, element, outside] };
    return lowered(kernel, window.kernel, [{ operation: 'max', dtype, value }]);
  }
  const place = position(kernel.shape, [n, c, ...axes(2)]);
  const maximum: Expression = { op: 'load', dtype, buffer: maxima, index: place };
  // Only NaN differs from itself; where NaN won, the first NaN is meant.
  const isNaN = (value: Expression): Expression => ({
    op: 'notEqual',
    dtype: 'bool',
    inputs: [value, value],
  });
  const found: Expression = {
    op: 'or',
    dtype: 'bool',
    inputs: [equal(element, maximum), both(isNaN(element), isNaN(maximum))],
  };
  const [ky, kx] = axes(4);
  const here = sum(integerProduct(ky, window.kernel[1]), kx);
  const value: Expression = {
    op: 'where',
    dtype: 'int32',
    inputs: [both(exists, found), here, integer(2147483647)],
  };
  return lowered(kernel, window.kernel, [{ operation: 'min', dtype: 'int32', value }]);
}

/** What pooling sends back, as a sum over the window. */
export function lowerUnpool2d(kernel: Unpool2dKernel): ReduceKernel {
  const { dtype, pooled, window, buffer, positions } = kernel;
  const { row, column, exists } = outputPlace(window, pooled, axes(2), axes(4));
  const index = position(pooled, [axisCoordinate(0), axisCoordinate(1), row, column]);
  const value: Expression = { op: 'load', dtype, buffer, index, mask: exists };
  const reduce = (element: Expression): ReduceKernel =>
    lowered(kernel, window.kernel, [{ operation: 'sum', dtype, value: element }]);
  if (positions === undefined) return reduce(value);
  const [ky, kx] = axes(4);
  const here = sum(integerProduct(ky, window.kernel[1]), kx);
  const named: Expression = { op: 'load', dtype: 'int32', buffer: positions, index, mask: exists };
  const zero: Expression = { op: 'constant', dtype, value: 0 };
  return reduce({ op: 'where', dtype, inputs: [equal(named, here), value, zero] });
}

function lowered(
  { name, shape, outputs }: Pick<ReduceKernel, 'name' | 'shape' | 'outputs'>,
  reduceShape: readonly number[],
  reductions: readonly Reduction[],
): ReduceKernel {
  return { kind: 'reduce', name, shape, reduceShape, reductions, outputs };
}
