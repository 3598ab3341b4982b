import type { DataType } from './dtype.js';
import { ArgumentError } from './errors.js';
import * as contraction from './graph/contraction.js';
import * as elementwise from './graph/elementwise.js';
import { constant, iota as iotaNode } from './graph/leaf.js';
import * as movement from './graph/movement.js';
import { GraphNode } from './graph/node.js';
import type { CustomBackward } from './graph/primitive.js';
import { normalizeAxis, validateShape, type Shape } from './shape.js';
import { asTensor, Tensor } from './tensor.js';
import { nodeOf, type TensorLike } from './tensor-like.js';

/** max(x, 0); NaN stays NaN, the gradient at 0 is 0. */
export const relu = (x: TensorLike): Tensor => asTensor(x).relu();
/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (x: TensorLike): Tensor => asTensor(x).sigmoid();
/** The hyperbolic tangent. */
export const tanh = (x: TensorLike): Tensor => asTensor(x).tanh();
/** eˣ. */
export const exp = (x: TensorLike): Tensor => asTensor(x).exp();
/** The natural logarithm. */
export const log = (x: TensorLike): Tensor => asTensor(x).log();
/** √x. */
export const sqrt = (x: TensorLike): Tensor => asTensor(x).sqrt();
/** 1 / √x. */
export const rsqrt = (x: TensorLike): Tensor => asTensor(x).sqrt().reciprocal();
/** The matrix product over the last two axes; leading axes broadcast. */
export const matMul = (left: TensorLike, right: TensorLike): Tensor => asTensor(left).matMul(right);
/** x + y, broadcast. */
export const add = (left: TensorLike, right: TensorLike): Tensor => promote(left, right).add(right);
/** x − y, broadcast. */
export const sub = (left: TensorLike, right: TensorLike): Tensor => promote(left, right).sub(right);
/** x · y, element by element, broadcast. */
export const mul = (left: TensorLike, right: TensorLike): Tensor => promote(left, right).mul(right);
/** x / y, broadcast. */
export const div = (left: TensorLike, right: TensorLike): Tensor => promote(left, right).div(right);
/** The greater of two, broadcast; NaN if either is. */
export const maximum = (left: TensorLike, right: TensorLike): Tensor =>
  promote(left, right).maximum(right);
/** The lesser of two, broadcast; NaN if either is. */
export const minimum = (left: TensorLike, right: TensorLike): Tensor =>
  promote(left, right).minimum(right);

/** A plain number on the left takes the dtype of the tensor on the right. */
function promote(left: TensorLike, right: TensorLike): Tensor {
  const plain = typeof left === 'number' || typeof left === 'boolean';
  return plain ? asTensor(left, asTensor(right).dtype) : asTensor(left);
}

/** Elements of `whenTrue` where `condition` holds, of `whenFalse` elsewhere; all broadcast. */
export function where(condition: TensorLike, whenTrue: TensorLike, whenFalse: TensorLike): Tensor {
  const plain = typeof whenTrue === 'number' || typeof whenTrue === 'boolean';
  const other = nodeOf(whenFalse, plain ? undefined : nodeOf(whenTrue).dtype);
  const one = plain ? nodeOf(whenTrue, other.dtype) : nodeOf(whenTrue);
  return new Tensor(elementwise.where(nodeOf(condition), one, other));
}

/** Tensors one after another along `axis`. Throws `ShapeError` unless their other extents agree. */
export function concat(tensors: readonly TensorLike[], axis = 0): Tensor {
  return new Tensor(
    movement.concat(
      tensors.map((each) => nodeOf(each)),
      axis,
    ),
  );
}

/** Tensors of one shape along a new axis. */
export function stack(tensors: readonly TensorLike[], axis = 0): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new ArgumentError('stack: needs at least one tensor.');
  const position = normalizeAxis('stack', axis, asTensor(first).rank + 1);
  return concat(
    tensors.map((each) => asTensor(each).expandDims(position)),
    position,
  );
}

/** Zeros with `extent` slices along `axis`, to which the slices of `updates` that int32 `indices` name are added. */
export function scatterAdd(
  indices: TensorLike,
  updates: TensorLike,
  options: { readonly axis?: number; readonly extent: number },
): Tensor {
  const { axis = 0, extent } = options;
  return new Tensor(
    contraction.scatterAdd(nodeOf(indices, 'int32'), nodeOf(updates), axis, extent),
  );
}

/** A tensor of one value, which is a run-time parameter and never baked into a plan. */
export function full(shape: Shape, value: number, dtype: DataType = 'float32'): Tensor {
  validateShape('full', shape);
  return new Tensor(movement.broadcastTo(constant(value, dtype), shape));
}

/** A tensor of zeros. */
export const zeros = (shape: Shape, dtype: DataType = 'float32'): Tensor => full(shape, 0, dtype);
/** A tensor of ones. */
export const ones = (shape: Shape, dtype: DataType = 'float32'): Tensor => full(shape, 1, dtype);

/** 0, 1, 2, … along `axis` of `shape`, the same along its other axes. */
export function iota(shape: Shape, axis = 0, dtype: DataType = 'int32'): Tensor {
  return new Tensor(iotaNode(shape, axis, dtype));
}

/** `x`, through which no gradient flows. */
export const stopGradient = (x: TensorLike): Tensor => asTensor(x).stopGradient();

/**
 * `forward(...inputs)` with a gradient of the user's own: `backward(gradient, output, inputs)`
 * returns one gradient per input, shaped like it, or `undefined` for none.
 */
export function customGradient(
  inputs: readonly TensorLike[],
  forward: (...inputs: Tensor[]) => Tensor,
  backward: CustomBackward,
): Tensor {
  const tensors = inputs.map((input) => asTensor(input));
  const { node } = forward(...tensors);
  const all = [node, ...tensors.map((each) => each.node)];
  return new Tensor(new GraphNode('customGradient', all, { backward }, node.shape, node.dtype));
}

/** Which element of the last axis is one: integers in [0, classes) as rows of 0 and 1, float32. */
export function oneHot(indices: TensorLike, classes: number): Tensor {
  validateShape('oneHot', [classes]);
  const places = asTensor(indices, 'int32').cast('int32').expandDims(-1);
  return places.equal(iota([classes])).cast('float32');
}
