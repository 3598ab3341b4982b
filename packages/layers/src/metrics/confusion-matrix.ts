import {
  ArgumentError,
  asTensor,
  formatShape,
  ones,
  scatterAdd,
  ShapeError,
  where,
  zeros,
  type TensorLike,
} from '@gradus/core';
import { checkPositiveInteger, shown } from '@gradus/core/arguments';
import { asTarget, isClass, mostLikely } from '../losses/labels.js';
import { ConfusionCounts } from './confusion-counts.js';
import type { Metric } from './metric.js';
import { MetricState } from './state.js';

/** How often each class was taken for which, over many batches. */
export class ConfusionMatrix implements Metric<ConfusionCounts> {
  /** What the classes are called. */
  readonly names: readonly string[];
  readonly #state: MetricState<'cells'>;

  /**
   * Begins with no examples.
   *
   * @param classes How many classes there are, or their names.
   * @throws ArgumentError when `classes` is neither a positive integer nor a list of names.
   */
  constructor(classes: number | readonly string[]) {
    this.names = namesOf(classes);
    const cells = this.names.length ** 2;
    // One more, for labels that name no class.
    this.#state = new MetricState('ConfusionMatrix', { cells: zeros([cells + 1], 'int32') });
  }

  /**
   * Adds a batch. An example's answer is the class of its greatest logit; of equal ones the first,
   * and NaN is greater than any number.
   *
   * @param logits Scores or probabilities, `[batch, classes]`.
   * @param labels Integers `[batch]`, or probabilities `[batch, classes]`, of which the greatest
   *   counts.
   * @throws ShapeError when the logits have another number of classes or labels fit neither form,
   *   DataTypeError when classes are not integers.
   */
  update(logits: TensorLike, labels: TensorLike): void {
    const scores = asTensor(logits);
    const target = asTarget('ConfusionMatrix', scores, labels);
    const count = this.names.length;
    if (scores.shape.at(-1) !== count) {
      throw new ShapeError(
        `ConfusionMatrix: logits must have ${count} classes along their last axis, ` +
          `got ${formatShape(scores.shape)}.`,
      );
    }
    const right = mostLikely(target);
    const cell = right.mul(count).add(scores.argMax());
    const places = where(isClass(right, count), cell, count ** 2).reshape([right.size]);
    const added = scatterAdd(places, ones([right.size], 'int32'), { extent: count ** 2 + 1 });
    this.#state.assign({ cells: this.#state.get('cells').add(added) }, scores);
  }

  /** All counts; 0 before the first example. */
  result(): Promise<ConfusionCounts> {
    return this.#state.read().then(({ cells }) => {
      const count = this.names.length;
      const rows = this.names.map((_, row) =>
        Array.from(cells.subarray(row * count, (row + 1) * count)),
      );
      return new ConfusionCounts(rows, { names: this.names, unknown: cells[count ** 2]! });
    });
  }

  /** Begins anew. */
  reset(): void {
    this.#state.reset();
  }
}

function namesOf(classes: number | readonly string[]): readonly string[] {
  if (typeof classes === 'number') {
    checkPositiveInteger('ConfusionMatrix', 'classes', classes);
    return Array.from({ length: classes }, (_, index) => String(index));
  }
  const given: unknown = classes;
  if (Array.isArray(given) && given.length > 0 && given.every((name) => typeof name === 'string')) {
    return [...given];
  }
  throw new ArgumentError(
    `ConfusionMatrix: classes must be their number or a list of names, got ${shown(given)}.`,
  );
}
