import { asTensor, type Tensor, type TensorLike } from '@gradus/core';
import { asTarget, mostLikely } from '../losses/labels.js';
import type { Metric } from './metric.js';
import { Share } from './share.js';

/**
 * The share of examples whose greatest logit is that of the right class. Of equal logits the first
 * counts as the greatest, and NaN as greater than any number.
 *
 * @param logits Scores or probabilities, `[batch, classes]`.
 * @param labels Integers `[batch]`, or probabilities `[batch, classes]`, of which the greatest
 *   counts. No answer is right for a label that names no class.
 * @returns A float32 scalar in [0, 1]; NaN for an empty batch.
 * @throws ShapeError when labels fit neither form, DataTypeError when classes are not integers.
 */
export function accuracy(logits: TensorLike, labels: TensorLike): Tensor {
  return isRight('accuracy', asTensor(logits), labels).cast('float32').mean();
}

/** {@link accuracy} over many batches. */
export class Accuracy implements Metric {
  readonly #share = new Share('Accuracy');

  /**
   * Adds a batch.
   *
   * @param logits Scores or probabilities, `[batch, classes]`.
   * @param labels As {@link accuracy} takes them.
   * @throws ShapeError when labels fit neither form, DataTypeError when classes are not integers.
   */
  update(logits: TensorLike, labels: TensorLike): void {
    const scores = asTensor(logits);
    this.#share.add(isRight('Accuracy', scores, labels), scores);
  }

  /** The share of right answers, in [0, 1]; NaN before the first. */
  result(): Promise<number> {
    return this.#share.result();
  }

  /** Begins anew. */
  reset(): void {
    this.#share.reset();
  }
}

function isRight(metric: string, scores: Tensor, labels: TensorLike): Tensor {
  return mostLikely(asTarget(metric, scores, labels)).equal(scores.argMax());
}
