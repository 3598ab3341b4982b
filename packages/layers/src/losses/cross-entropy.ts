import { asTensor, iota, stopGradient, where, type Tensor, type TensorLike } from '@gradus/core';
import { asTarget } from './labels.js';
import { reduceLoss, type LossOptions } from './reduction.js';

/**
 * The cross-entropy of softmax(logits) and the labels, −Σ p ln softmax(logits), computed as
 * Σ p (ln Σ eˣ − x) from logits less their greatest, so that large ones neither overflow nor vanish.
 *
 * A label outside of 0 … classes − 1 makes the loss NaN: an index that a running program computes
 * cannot throw.
 *
 * @param logits Scores before the softmax, floating-point, `[batch, classes]`; other leading axes
 *   than one of examples work too.
 * @param labels Integers `[batch]` (any integer dtype), or probabilities `[batch, classes]`.
 * @returns A scalar; for `reduction: 'none'` the loss of each example, `[batch]`.
 * @throws ShapeError when labels fit neither form, DataTypeError when classes are not integers.
 */
export function crossEntropy(
  logits: TensorLike,
  labels: TensorLike,
  options: LossOptions = {},
): Tensor {
  const scores = asTensor(logits);
  const target = asTarget('crossEntropy', scores, labels);
  const shifted = scores.sub(stopGradient(scores.max(-1, { keepDims: true })));
  const logTotal = shifted.exp().sum(-1).log();
  const losses =
    target.kind === 'classes'
      ? lossOfClasses(shifted, logTotal, target.classes)
      : lossOfProbabilities(shifted, logTotal, target.probabilities);
  return reduceLoss('crossEntropy', losses, options);
}

/** ln Σ eˣ − x of the right class: −ln softmax, with one pass over the classes for both terms. */
function lossOfClasses(shifted: Tensor, logTotal: Tensor, classes: Tensor): Tensor {
  const count = shifted.shape.at(-1)!;
  const isLabel = classes.expandDims(-1).equal(iota([count]));
  const exists = classes.greaterEqual(0).and(classes.less(count));
  return where(exists, logTotal.sub(where(isLabel, shifted, 0).sum(-1)), NaN);
}

function lossOfProbabilities(shifted: Tensor, logTotal: Tensor, probabilities: Tensor): Tensor {
  // A class of probability 0 counts for nothing, even where its logit is −∞.
  const expected = where(probabilities.equal(0), 0, probabilities.mul(shifted)).sum(-1);
  return probabilities.sum(-1).mul(logTotal).sub(expected);
}
