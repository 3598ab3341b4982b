import { ShapeError } from '../errors.js';
import { checkSameDataType } from '../graph/elementwise.js';
import { formatShape } from '../shape.js';
import { asTensor, type Tensor } from '../tensor.js';
import type { TensorLike } from '../tensor-like.js';

/**
 * The inner product Σ aᵢ bᵢ of two vectors `[n]`, a scalar.
 *
 * @throws ShapeError for other ranks and for different lengths, DataTypeError for different dtypes.
 */
export function dot(left: TensorLike, right: TensorLike): Tensor {
  const [a, b] = vectors('dot', left, right);
  if (a.size !== b.size) {
    throw new ShapeError(`dot: the vectors have ${a.size} and ${b.size} elements.`);
  }
  return a.mul(b).sum();
}

/**
 * The outer product aᵢ bⱼ of two vectors `[m]` and `[n]`, a matrix `[m, n]`.
 *
 * @throws ShapeError for other ranks, DataTypeError for different dtypes.
 */
export function outer(left: TensorLike, right: TensorLike): Tensor {
  const [a, b] = vectors('outer', left, right);
  return a.expandDims(1).mul(b);
}

function vectors(operation: string, left: TensorLike, right: TensorLike): [Tensor, Tensor] {
  const a = asTensor(left);
  const b = asTensor(right, a.dtype);
  if (a.rank !== 1 || b.rank !== 1) {
    throw new ShapeError(
      `${operation}: expected two vectors, got ${formatShape(a.shape)} and ${formatShape(b.shape)}; ` +
        `matMul and einsum take more axes.`,
    );
  }
  checkSameDataType(operation, a.node, b.node);
  return [a, b];
}
