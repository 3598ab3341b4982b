import type { Tensor, TensorLike } from '@gradus/core';
import { asNumbers } from './pair.js';
import { checkLossOptions, reduceLoss, type LossOptions } from './reduction.js';

/**
 * |prediction − target|, averaged over all elements; its gradient where they are equal is 0. An
 * outlier pulls no harder than any other example. Agrees with PyTorch's `L1Loss`.
 *
 * @param prediction Floating-point, of any shape.
 * @param target Of the same shape and dtype.
 * @returns A scalar; for `reduction: 'none'` the distances, shaped like `prediction`.
 * @throws ShapeError when the shapes differ, DataTypeError when the dtypes do or are not
 *   floating-point, ArgumentError for unknown options.
 */
export function meanAbsoluteError(
  prediction: TensorLike,
  target: TensorLike,
  options: LossOptions = {},
): Tensor {
  checkLossOptions('meanAbsoluteError', options);
  const [predicted, wanted] = asNumbers('meanAbsoluteError', prediction, target);
  return reduceLoss(predicted.sub(wanted).abs(), options);
}
