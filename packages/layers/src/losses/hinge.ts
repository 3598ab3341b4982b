import { DataTypeError, sub, where, type Tensor, type TensorLike } from '@gradus/core';
import { checkPositive } from '@gradus/core/arguments';
import { asPair } from './pair.js';
import { checkLossOptions, reduceLoss, type LossOptions } from './reduction.js';

/** The options of {@link hinge} and of `multiClassHinge`. */
export interface HingeOptions extends LossOptions {
  /** By how much an answer must be right to cost nothing, above 0; 1 if not given. */
  readonly margin?: number | undefined;
}

/**
 * max(0, margin − target · score), averaged over all elements: the loss of a support vector machine,
 * which leaves alone what is right by the margin. Its gradient at the margin is 0.
 *
 * A target that is neither −1 nor 1 makes the loss NaN; of labels 0 and 1, targets are
 * `labels.mul(2).sub(1)`.
 *
 * @param scores Floating-point, of any shape; positive ones answer 1, negative ones −1.
 * @param target −1 or 1, of the same shape; floating-point or int32.
 * @returns A scalar; for `reduction: 'none'` the losses, shaped like `scores`.
 * @throws ShapeError when the shapes differ, DataTypeError when scores are not floating-point or
 *   targets are of a dtype without −1, ArgumentError for unknown options and for a `margin` that is
 *   not positive.
 */
export function hinge(scores: TensorLike, target: TensorLike, options: HingeOptions = {}): Tensor {
  const margin = marginOf('hinge', options);
  const [score, given] = asPair(scores, target, { loss: 'hinge', prediction: 'scores' });
  if (['bool', 'uint8', 'uint32'].includes(given.dtype)) {
    throw new DataTypeError(
      `hinge: target must be −1 or 1, got ${given.dtype}; of labels 0 and 1, ` +
        `pass labels.cast('${score.dtype}').mul(2).sub(1).`,
    );
  }
  const sign = given.cast(score.dtype);
  const losses = sub(margin, sign.mul(score)).relu();
  return reduceLoss(where(sign.abs().equal(1), losses, NaN), options);
}

/** Checks the options of `loss`. */
export function marginOf(loss: string, options: HingeOptions): number {
  checkLossOptions(loss, options, ['margin']);
  const { margin = 1 } = options;
  checkPositive(loss, 'margin', margin);
  return margin;
}
