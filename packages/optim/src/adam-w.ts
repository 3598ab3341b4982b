import { checkOptionNames } from '@gradus/core/arguments';
import { adamOptionNames, type AdamOptions } from './adam.js';
import { Optimizer } from './optimizer.js';
import { adamDirection } from './transforms/adam-direction.js';
import { weightDecay as decayTransform } from './transforms/weight-decay.js';

/** The options of {@link adamW}. */
export interface AdamWOptions extends Omit<AdamOptions, 'weightDecay'> {
  /** λ: each step shrinks the parameter by learningRate · λ of itself; 0.01 if not given. */
  readonly weightDecay?: number | undefined;
}

/**
 * Adam whose weight decay does not pass through the moments: w ← w − learningRate · (direction + λ w).
 * Loshchilov and Hutter, "Decoupled weight decay regularization", 2019, algorithm 2; agrees with
 * PyTorch's `AdamW`.
 *
 * @throws ArgumentError for unknown options and for values out of range.
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  checkOptionNames('adamW', options, adamOptionNames);
  const { learningRate = 1e-3, weightDecay = 0.01, groups, clip } = options;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const direction = adamDirection({ beta1, beta2, epsilon }, 'adamW');
  const decay = decayTransform(weightDecay, 'adamW');
  const transforms = [direction, decay];
  return new Optimizer({ name: 'adamW', learningRate, groups, clip, transforms });
}
