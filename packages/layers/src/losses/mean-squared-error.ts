import type { Tensor, TensorLike } from '@gradus/core';
import { asNumbers } from './pair.js';
import { checkLossOptions, reduceLoss, type LossOptions } from './reduction.js';

/**
 * (prediction − target)², averaged over all elements. Agrees with PyTorch's `MSELoss`.
 *
 * @param prediction Floating-point, of any shape.
 * @param target Of the same shape and dtype.
 * @returns A scalar; for `reduction: 'none'` the squares, shaped like `prediction`.
 * @throws ShapeError when the shapes differ, DataTypeError when the dtypes do or are not
 *   floating-point, ArgumentError for unknown options.
 */
export function meanSquaredError(
  prediction: TensorLike,
  target: TensorLike,
  options: LossOptions = {},
): Tensor {
  checkLossOptions('meanSquaredError', options);
  const [predicted, wanted] = asNumbers('meanSquaredError', prediction, target);
  return reduceLoss(predicted.sub(wanted).square(), options);
}
