import {
  asTensor,
  formatShape,
  sameShape,
  ShapeError,
  type Tensor,
  type TensorLike,
} from '@gradus/core';
import { reduceLoss, type LossOptions } from './reduction.js';

/**
 * (prediction − target)², averaged over all elements.
 *
 * @param prediction Floating-point, of any shape.
 * @param target Of the same shape: broadcasting `[n]` against `[n, 1]` would be a silent mistake.
 * @returns A scalar; for `reduction: 'none'` the squares, shaped like `prediction`.
 * @throws ShapeError when the shapes differ.
 */
export function meanSquaredError(
  prediction: TensorLike,
  target: TensorLike,
  options: LossOptions = {},
): Tensor {
  const predicted = asTensor(prediction);
  const wanted = asTensor(target, predicted.dtype);
  if (!sameShape(predicted.shape, wanted.shape)) {
    throw new ShapeError(
      `meanSquaredError: prediction and target must have the same shape, got ` +
        `${formatShape(predicted.shape)} and ${formatShape(wanted.shape)}.`,
    );
  }
  return reduceLoss('meanSquaredError', predicted.sub(wanted).square(), options);
}
