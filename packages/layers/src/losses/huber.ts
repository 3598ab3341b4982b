import type { Tensor, TensorLike } from '@gradus/core';
import { checkPositive } from '@gradus/core/arguments';
import { asNumbers } from './pair.js';
import { checkLossOptions, reduceLoss, type LossOptions } from './reduction.js';

/** The options of {@link huber}. */
export interface HuberOptions extends LossOptions {
  /** δ > 0, the error from which on the loss grows linearly; 1 if not given. */
  readonly delta?: number | undefined;
}

/**
 * ½ e² for errors e = prediction − target up to δ, δ (|e| − ½ δ) beyond, averaged over all elements:
 * smooth as a square near 0, and of an outlier no more than its sign. Huber, 1964; agrees with
 * PyTorch's `HuberLoss`.
 *
 * @param prediction Floating-point, of any shape.
 * @param target Of the same shape and dtype.
 * @returns A scalar; for `reduction: 'none'` the losses, shaped like `prediction`.
 * @throws ShapeError when the shapes differ, DataTypeError when the dtypes do or are not
 *   floating-point, ArgumentError for unknown options and for a `delta` that is not positive.
 */
export function huber(
  prediction: TensorLike,
  target: TensorLike,
  options: HuberOptions = {},
): Tensor {
  checkLossOptions('huber', options, ['delta']);
  const { delta = 1 } = options;
  checkPositive('huber', 'delta', delta);
  const [predicted, wanted] = asNumbers('huber', prediction, target);
  const error = predicted.sub(wanted);
  // With c = e inside and ±δ outside, both branches are c (e − ½ c), and no square overflows.
  const clipped = error.clip(-delta, delta);
  return reduceLoss(clipped.mul(error.sub(clipped.mul(0.5))), options);
}
