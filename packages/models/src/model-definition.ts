import type { Tensor } from '@gradus/core';
import type { Sequential } from '@gradus/layers';
import type { LearningRate, Optimizer } from '@gradus/optim';
import type { HostKey } from '@gradus/random';

/** What may be asked of a model's optimiser. */
export interface ModelOptimizerOptions {
  /** In place of the learning rate that belongs to the model. */
  readonly learningRate?: LearningRate | undefined;
}

/** A classifier together with how it is trained. */
export interface ModelDefinition {
  /** What the registry and the command line call it. */
  readonly name: string;
  /**
   * A new, untrained network from images `[batch, 1, 28, 28]` in [0, 1] to logits `[batch, 10]`.
   *
   * @param random The key of the initial values; after `setSeed` of `@gradus/layers` if not given.
   */
  readonly network: (random?: HostKey) => Sequential;
  /** A new optimiser. */
  readonly optimizer: (options?: ModelOptimizerOptions) => Optimizer;
  /** What the optimiser minimises, a scalar: from logits and int32 labels `[batch]`. */
  readonly loss: (logits: Tensor, labels: Tensor) => Tensor;
  /** How many steps a full training run takes. */
  readonly steps: number;
  /** Examples in a step. */
  readonly batchSize: number;
}
