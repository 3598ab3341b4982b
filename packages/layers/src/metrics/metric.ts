import type { TensorLike } from '@gradus/core';

/**
 * A figure over many batches. What it collects stays on the device until somebody asks, and counts
 * every example once, however unequal the batches are.
 *
 * `Result` is what it tells about all batches, `Batch` what it takes of each.
 */
export interface Metric<
  Result = number,
  Batch extends readonly unknown[] = readonly [logits: TensorLike, labels: TensorLike],
> {
  /** Adds a batch, in a compiled function or outside of one. Nothing is read back. */
  update(...batch: Batch): void;
  /** The figure over everything added so far. */
  result(): Promise<Result>;
  /** Forgets everything added so far. */
  reset(): void;
}
