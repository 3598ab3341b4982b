import { checkOptionNames } from '../arguments.js';
import { DataTypeError } from '../errors.js';
import { assertFloating } from '../graph/elementwise.js';
import { where } from '../operations.js';
import { normalizeAxes, normalizeAxis } from '../shape.js';
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
  checkOptionNames('logSumExp', options, ['keepDims']);
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

/**
 * The sums of the first 1, 2, 3, … elements along `axis`, of the shape and dtype of `x`. In ⌈log₂ n⌉
 * rounds, each of which adds what is 1, 2, 4, … places before (Hillis and Steele, "Data parallel
 * algorithms", 1986): every sum is of partial sums, which keeps rounding errors low.
 *
 * @throws ShapeError for an axis that does not exist, DataTypeError for bool.
 */
export function cumulativeSum(x: TensorLike, axis = -1): Tensor {
  const input = asTensor(x);
  const along = normalizeAxis('cumulativeSum', axis, input.rank);
  if (input.dtype === 'bool') {
    throw new DataTypeError("cumulativeSum: got bool; cast first, e.g. x.cast('int32').");
  }
  const only = (amount: number): number[] =>
    input.shape.map((_, other) => (other === along ? amount : 0));
  const origin = only(0);
  let sums = input;
  for (let distance = 1; distance < input.shape[along]!; distance *= 2) {
    sums = sums.add(sums.pad(only(distance), origin).slice(origin, input.shape));
  }
  return sums;
}
