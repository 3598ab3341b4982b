import { softmax, where, type DataType, type Tensor } from '@gradus/core';

/** What {@link attention} may do besides the formula. */
interface AttentionOptions {
  /** Bool, broadcastable to `[…, query, key]`: whether the query may look at the key. */
  readonly mask?: Tensor | undefined;
  /** Applied to the weights. */
  readonly drop: (weights: Tensor) => Tensor;
}

/**
 * softmax(Q Kᵀ / √features) V: for each query the mean of the values, weighted by how well their
 * keys fit. Vaswani et al., "Attention is all you need", 2017, section 3.2.1. Queries are
 * `[…, query, features]`, keys `[…, key, features]`, values `[…, key, any]`.
 */
export function attention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { mask, drop }: AttentionOptions,
): Tensor {
  const { rank } = key;
  const axes = key.shape.map((_, axis) => axis);
  const transposed = key.transpose([...axes.slice(0, -2), rank - 1, rank - 2]);
  const scores = query.matMul(transposed).div(Math.sqrt(key.shape.at(-1)!));
  return drop(weightsOf(scores, mask)).matMul(value);
}

/** Softmax over the last axis among the elements that `mask` lets through; the others are 0. */
function weightsOf(scores: Tensor, mask: Tensor | undefined): Tensor {
  // A sum over no keys is 0, but there is no greatest score among none.
  if (scores.shape.at(-1) === 0) return scores;
  if (mask === undefined) return softmax(scores);
  const weights = softmax(where(mask, scores, lowest(scores.dtype)));
  // A query that may look at nothing would look at everything alike.
  return where(mask, weights, 0);
}

/** Below any score. Not −∞: a row of nothing else would be ∞ − ∞, also in the gradient. */
function lowest(dtype: DataType): number {
  return dtype === 'float16' ? -65504 : -3e38;
}
