import { asTensor, stopGradient, where, type Tensor, type TensorLike } from '@gradus/core';
import { checkFraction } from '@gradus/core/arguments';
import { asTarget, isLabel, whereClassExists } from './labels.js';
import { checkScores } from './pair.js';
import { checkLossOptions, reduceLoss, type LossOptions } from './reduction.js';

/** The options of {@link crossEntropy}. */
export interface CrossEntropyOptions extends LossOptions {
  /**
   * ε in [0, 1): the share of the target that is spread over all classes evenly, so that no logit
   * gains by growing without end; 0 if not given.
   */
  readonly labelSmoothing?: number | undefined;
}

/**
 * The cross-entropy of softmax(logits) and the labels, −Σ p ln softmax(logits), computed as
 * Σ p (ln Σ eˣ − x) from logits less their greatest, so that large ones neither overflow nor vanish.
 * With label smoothing p is (1 − ε) p + ε / classes: Szegedy et al., 2016. Agrees with PyTorch's
 * `CrossEntropyLoss`.
 *
 * A label outside of 0 … classes − 1 makes the loss NaN: an index that a running program computes
 * cannot throw.
 *
 * @param logits Scores before the softmax, floating-point, `[batch, classes]`; other leading axes
 *   than one of examples work too.
 * @param labels Integers `[batch]` (any integer dtype), or probabilities `[batch, classes]`.
 * @returns A scalar; for `reduction: 'none'` the loss of each example, `[batch]`.
 * @throws ShapeError when labels fit neither form, DataTypeError when classes are not integers,
 *   ArgumentError for unknown options and for a `labelSmoothing` out of range.
 */
export function crossEntropy(
  logits: TensorLike,
  labels: TensorLike,
  options: CrossEntropyOptions = {},
): Tensor {
  const loss = 'crossEntropy';
  checkLossOptions(loss, options, ['labelSmoothing']);
  const { labelSmoothing = 0 } = options;
  checkFraction(loss, 'labelSmoothing', labelSmoothing);
  const scores = asTensor(logits);
  checkScores(loss, 'logits', scores);
  const target = asTarget(loss, scores, labels);
  const shifted = scores.sub(stopGradient(scores.max(-1, { keepDims: true })));
  const logTotal = shifted.exp().sum(-1).log();
  const losses =
    target.kind === 'classes'
      ? lossOfClasses(shifted, logTotal, target.classes, labelSmoothing)
      : lossOfProbabilities(shifted, logTotal, smoothed(target.probabilities, labelSmoothing));
  return reduceLoss(losses, options);
}

/** ln Σ eˣ − x of the right class: −ln softmax, with one pass over the classes for both terms. */
function lossOfClasses(
  shifted: Tensor,
  logTotal: Tensor,
  classes: Tensor,
  smoothing: number,
): Tensor {
  const count = shifted.shape.at(-1)!;
  const right = where(isLabel(classes, count), shifted, 0).sum(-1);
  const expected =
    smoothing === 0 ? right : right.mul(1 - smoothing).add(shifted.mean(-1).mul(smoothing));
  return whereClassExists(classes, count, logTotal.sub(expected));
}

function lossOfProbabilities(shifted: Tensor, logTotal: Tensor, probabilities: Tensor): Tensor {
  // A class of probability 0 counts for nothing, even where its logit is −∞.
  const expected = where(probabilities.equal(0), 0, probabilities.mul(shifted)).sum(-1);
  return probabilities.sum(-1).mul(logTotal).sub(expected);
}

function smoothed(probabilities: Tensor, smoothing: number): Tensor {
  if (smoothing === 0) return probabilities;
  return probabilities.mul(1 - smoothing).add(smoothing / probabilities.shape.at(-1)!);
}
