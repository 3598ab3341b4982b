import { ArgumentError, asTensor, zeros, type Tensor, type TensorLike } from '@gradus/core';
import { shown } from '@gradus/core/arguments';
import { checkScores } from '../losses/pair.js';
import type { Metric } from './metric.js';
import { MetricState } from './state.js';

/**
 * The mean of a loss over the examples of many batches, each weighing what it has of them.
 *
 * The sum is float32 with what rounding takes from it kept beside it (Knuth's TwoSum), so that it
 * does not stop growing; examples are counted in int32, exactly to 2³¹ − 1. A loss that is not finite
 * makes the mean NaN or infinite until `reset`.
 */
export class MeanLoss implements Metric<number, readonly [losses: TensorLike, examples?: number]> {
  readonly #state = new MetricState('MeanLoss', {
    sum: zeros([]),
    lost: zeros([]),
    count: zeros([], 'int32'),
  });

  /**
   * Adds a batch.
   *
   * @param losses The mean over the batch, a scalar; or one loss for each example, of
   *   `reduction: 'none'`. Floating-point; float64 is rounded to float32.
   * @param examples How many examples a scalar is the mean of, as `images.shape[0]`.
   * @throws ArgumentError when a scalar comes without `examples`, or other losses with them;
   *   DataTypeError when losses are not floating-point.
   */
  update(losses: TensorLike, examples?: number): void {
    const given = asTensor(losses);
    checkScores('MeanLoss', 'losses', given);
    const count = countOf(given, examples);
    // The mean over nothing is NaN, but there is nothing to add.
    if (count === 0) return;
    const values = given.cast('float32');
    const added = values.rank === 0 ? values.mul(count) : values.sum();
    const [sum, lost] = [this.#state.get('sum'), this.#state.get('lost')];
    const next = sum.add(added);
    const arrived = next.sub(sum);
    const missing = sum.sub(next.sub(arrived)).add(added.sub(arrived));
    const moved = {
      sum: next,
      lost: lost.add(missing),
      count: this.#state.get('count').add(count),
    };
    this.#state.assign(moved, given);
  }

  /** The mean loss of an example; NaN before the first. */
  result(): Promise<number> {
    return this.#state.read().then(({ sum, lost, count }) => {
      const total = Number.isFinite(sum[0]) ? sum[0]! + lost[0]! : sum[0]!;
      return total / count[0]!;
    });
  }

  /** Begins anew. */
  reset(): void {
    this.#state.reset();
  }
}

function countOf({ rank, size }: Tensor, examples: unknown): number {
  if (rank > 0) {
    if (examples === undefined) return size;
    throw new ArgumentError(
      `MeanLoss: examples must be left out when there is a loss for each, got ${shown(examples)}.`,
    );
  }
  if (Number.isInteger(examples) && (examples as number) >= 0) return examples as number;
  throw new ArgumentError(
    `MeanLoss: examples must be how many examples a scalar loss is the mean of, an integer, ` +
      `got ${shown(examples)}; pass images.shape[0], or losses of reduction: 'none'.`,
  );
}
