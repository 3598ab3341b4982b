import { asTensor, where, type Tensor, type TensorLike } from '@gradus/core';
import { marginOf, type HingeOptions } from './hinge.js';
import { asClasses, isLabel, whereClassExists } from './labels.js';
import { checkScores } from './pair.js';
import { reduceLoss } from './reduction.js';

/**
 * Σ max(0, margin − x_label + x_j) / classes over the classes j other than the label's, averaged
 * over the examples: the right score must exceed every other by the margin. Weston and Watkins,
 * 1999; agrees with PyTorch's `MultiMarginLoss`.
 *
 * A label outside of 0 … classes − 1 makes the loss NaN.
 *
 * @param scores Floating-point, `[batch, classes]`; other leading axes than one work too.
 * @param labels Integers `[batch]`.
 * @returns A scalar; for `reduction: 'none'` the loss of each example, `[batch]`.
 * @throws ShapeError when the labels do not fit, DataTypeError when scores are not floating-point or
 *   labels are not integers, ArgumentError for unknown options and for a `margin` that is not
 *   positive.
 */
export function multiClassHinge(
  scores: TensorLike,
  labels: TensorLike,
  options: HingeOptions = {},
): Tensor {
  const loss = 'multiClassHinge';
  const margin = marginOf(loss, options);
  const score = asTensor(scores);
  checkScores(loss, 'scores', score);
  const classes = asClasses(loss, score, labels);
  const count = score.shape.at(-1)!;
  const isRight = isLabel(classes, count);
  const right = where(isRight, score, 0).sum(-1, { keepDims: true });
  const losses = where(isRight, 0, score.sub(right).add(margin).relu()).mean(-1);
  return reduceLoss(whereClassExists(classes, count, losses), options);
}
