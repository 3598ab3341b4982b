import { asTensor, type Tensor, type TensorLike } from '@gradus/core';
import { asTarget, mostLikely } from '../losses/labels.js';

/**
 * The share of examples whose greatest logit is that of the right class.
 *
 * @param logits Scores or probabilities, `[batch, classes]`.
 * @param labels Integers `[batch]`, or probabilities `[batch, classes]`, of which the greatest
 *   counts.
 * @returns A float32 scalar in [0, 1]; NaN for an empty batch.
 * @throws ShapeError when labels fit neither form, DataTypeError when classes are not integers.
 */
export function accuracy(logits: TensorLike, labels: TensorLike): Tensor {
  const scores = asTensor(logits);
  const right = mostLikely(asTarget('accuracy', scores, labels));
  return scores.argMax().equal(right).cast('float32').mean();
}
