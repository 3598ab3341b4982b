import {
  asTensor,
  DataTypeError,
  formatShape,
  ShapeError,
  softplus,
  sub,
  type Tensor,
  type TensorLike,
} from '@gradus/core';
import { checkPositive } from '@gradus/core/arguments';
import { asPair } from './pair.js';
import { checkLossOptions, reduceLoss, type LossOptions } from './reduction.js';

/** The options of {@link binaryCrossEntropyWithLogits}. */
export interface BinaryCrossEntropyOptions extends LossOptions {
  /**
   * What the loss of targets of 1 is multiplied by, above 1 if they are rare: a number, or values
   * that broadcast to the logits, one for each output as a rule; 1 if not given.
   */
  readonly positiveWeight?: TensorLike | undefined;
}

const loss = 'binaryCrossEntropyWithLogits';

/**
 * −y ln σ(x) − (1 − y) ln(1 − σ(x)) of logits x and targets y, σ being the sigmoid, averaged over
 * all elements: for yes-or-no questions that are asked independently. Large logits neither overflow
 * nor vanish. Agrees with PyTorch's `BCEWithLogitsLoss`.
 *
 * @param logits Scores before the sigmoid, floating-point, of any shape.
 * @param target Of the same shape, in [0, 1]; bool and integers count as 0 and 1.
 * @returns A scalar; for `reduction: 'none'` the losses, shaped like `logits`.
 * @throws ShapeError when the shapes differ or `positiveWeight` does not broadcast to them,
 *   DataTypeError when logits are not floating-point or a weight is not of their dtype,
 *   ArgumentError for unknown options and for a `positiveWeight` that is not positive.
 */
export function binaryCrossEntropyWithLogits(
  logits: TensorLike,
  target: TensorLike,
  options: BinaryCrossEntropyOptions = {},
): Tensor {
  checkLossOptions(loss, options, ['positiveWeight']);
  const [x, given] = asPair(logits, target, { loss, prediction: 'logits' });
  const y = given.cast(x.dtype);
  const weight = weightFor(x, options.positiveWeight);
  // −ln σ(x) = softplus(−x), and −ln(1 − σ(x)) = softplus(x).
  const positive = y.mul(weight).mul(softplus(x.neg()));
  return reduceLoss(positive.add(sub(1, y).mul(softplus(x))), options);
}

function weightFor({ shape, dtype }: Tensor, given: TensorLike = 1): Tensor {
  if (typeof given === 'number') checkPositive(loss, 'positiveWeight', given);
  const weight = asTensor(given, dtype);
  if (weight.dtype !== dtype) {
    throw new DataTypeError(
      `${loss}: positiveWeight must be ${dtype} as the logits are, got ${weight.dtype}; ` +
        `cast it: positiveWeight.cast('${dtype}').`,
    );
  }
  const fits = weight.shape.every((extent, axis) => {
    return extent === 1 || extent === shape[shape.length - weight.rank + axis];
  });
  if (fits && weight.rank <= shape.length) return weight;
  throw new ShapeError(
    `${loss}: positiveWeight must broadcast to the logits' shape ${formatShape(shape)}, ` +
      `got ${formatShape(weight.shape)}.`,
  );
}
