import { ArgumentError, asTensor, iota, where, type Tensor, type TensorLike } from '@gradus/core';
import { checkPositiveInteger } from '@gradus/core/arguments';
import { asTarget, isClass, isLabel, mostLikely } from '../losses/labels.js';
import { checkScores } from '../losses/pair.js';
import type { Metric } from './metric.js';
import { Share } from './share.js';

/**
 * The share of examples whose right class is among the k of the greatest logits, over many batches.
 * Of equal logits the first counts as greater, and NaN as +∞; so `new TopKAccuracy(1)` counts what
 * `Accuracy` does.
 */
export class TopKAccuracy implements Metric {
  /** How many answers an example has. */
  readonly k: number;
  readonly #share: Share;

  /**
   * Begins with no examples.
   *
   * @param k How many answers an example has, at least 1.
   * @throws ArgumentError when `k` is no positive integer.
   */
  constructor(k: number) {
    checkPositiveInteger('TopKAccuracy', 'k', k);
    this.k = k;
    this.#share = new Share(`TopKAccuracy(${k})`);
  }

  /**
   * Adds a batch.
   *
   * @param logits Scores or probabilities, floating-point, `[batch, classes]`.
   * @param labels Integers `[batch]`, or probabilities `[batch, classes]`, of which the greatest
   *   counts. No answer is right for a label that names no class.
   * @throws ShapeError when labels fit neither form, DataTypeError when logits are not
   *   floating-point or classes not integers, ArgumentError when there are fewer classes than k.
   */
  update(logits: TensorLike, labels: TensorLike): void {
    const name = `TopKAccuracy(${this.k})`;
    const scores = asTensor(logits);
    checkScores(name, 'logits', scores);
    const classes = mostLikely(asTarget(name, scores, labels));
    const count = scores.shape.at(-1)!;
    if (count < this.k) {
      throw new ArgumentError(`${name}: k must not exceed the ${count} classes of the logits.`);
    }
    const isRight = rankOf(scores, classes).less(this.k).and(isClass(classes, count));
    this.#share.add(isRight, scores);
  }

  /** The share of examples with a right answer, in [0, 1]; NaN before the first. */
  result(): Promise<number> {
    return this.#share.result();
  }

  /** Begins anew. */
  reset(): void {
    this.#share.reset();
  }
}

/** How many classes come before the right one when they are sorted by their scores. */
function rankOf(scores: Tensor, classes: Tensor): Tensor {
  const count = scores.shape.at(-1)!;
  const ordered = where(scores.equal(scores), scores, Infinity);
  const right = where(isLabel(classes, count), ordered, 0).sum(-1, { keepDims: true });
  const isEarlier = iota([count]).less(classes.expandDims(-1));
  const isBefore = ordered.greater(right).or(ordered.equal(right).and(isEarlier));
  return isBefore.cast('int32').sum(-1);
}
