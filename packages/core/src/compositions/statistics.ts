import { assertFloating } from '../graph/elementwise.js';
import { where } from '../operations.js';
import { normalizeAxes } from '../shape.js';
import {
  asTensor,
  type Axes,
  type NormOptions,
  type ReductionOptions,
  type Tensor,
  type VarianceOptions,
} from '../tensor.js';
import type { TensorLike } from '../tensor-like.js';

/**
 * ln Σ eˣ over `axes`, without overflow: m + ln Σ e^(x − m) with m the greatest x. Of nothing it
 * is −∞.
 *
 * @throws DataTypeError unless floating-point, ShapeError for axes that do not exist.
 */
export function logSumExp(x: TensorLike, axes?: Axes, options: ReductionOptions = {}): Tensor {
  const input = asTensor(x);
  assertFloating('logSumExp', input.dtype);
  const reduced = normalizeAxes('logSumExp', axes, input.rank);
  if (input.size === 0) return input.sum(axes, options).log();
  const greatest = shiftOf(input.max(axes, { keepDims: true })).stopGradient();
  const total = input.sub(greatest).exp().sum(axes, { keepDims: true }).log().add(greatest);
  if (options.keepDims === true) return total;
  return total.reshape(input.shape.filter((_, axis) => !reduced.includes(axis)));
}

/** An infinite maximum would make ∞ − ∞; unshifted, the formula is right by itself. */
function shiftOf(greatest: Tensor): Tensor {
  return where(greatest.abs().less(Infinity), greatest, 0);
}

/** Σ (x − mean)² / (n − correction) over `axes`. Throws as {@link Tensor.variance} does. */
export function variance(x: TensorLike, axes?: Axes, options?: VarianceOptions): Tensor {
  return asTensor(x).variance(axes, options);
}

/**
 * √variance over `axes`; its gradient is 0, and not NaN, where all elements are equal. Throws as
 * {@link Tensor.variance} does.
 */
export function standardDeviation(x: TensorLike, axes?: Axes, options?: VarianceOptions): Tensor {
  return asTensor(x).standardDeviation(axes, options);
}

/**
 * Σ |x|, √Σ x² or max |x| over `axes`, by `options.order`; the gradient at the zero vector is 0.
 * Throws as {@link Tensor.norm} does.
 */
export function norm(x: TensorLike, axes?: Axes, options?: NormOptions): Tensor {
  return asTensor(x).norm(axes, options);
}

/**
 * x where it lies between the bounds, the nearer bound elsewhere. Throws as {@link Tensor.clip}
 * does.
 */
export function clip(x: TensorLike, minimum: TensorLike, maximum: TensorLike): Tensor {
  return asTensor(x).clip(minimum, maximum);
}
