import { checkOptionNames } from '@gradus/core/arguments';
import { Optimizer } from './optimizer.js';
import { commonOptionNames, type CommonOptions } from './options.js';
import type { LearningRate } from './schedules/schedule.js';
import { lionDirection } from './transforms/lion-direction.js';
import { weightDecay as decayTransform } from './transforms/weight-decay.js';

/** The options of {@link lion}. */
export interface LionOptions extends CommonOptions {
  /** A number, or a schedule, three to ten times below AdamW's; 0.0001 if not given. */
  readonly learningRate?: LearningRate | undefined;
  /** The share of the momentum in the direction, in [0, 1); 0.9 if not given. */
  readonly beta1?: number | undefined;
  /** The share of the momentum that each step keeps, in [0, 1); 0.99 if not given. */
  readonly beta2?: number | undefined;
  /** λ: each step shrinks the parameter by learningRate · λ of itself; 0 if not given. */
  readonly weightDecay?: number | undefined;
}

const optionNames = ['learningRate', 'beta1', 'beta2', 'weightDecay', ...commonOptionNames];

/**
 * Lion: the learning rate up or down in every coordinate, by the sign of a momentum, so that one
 * variable is kept for each parameter. Decay is decoupled as in `adamW`. Chen et al., "Symbolic
 * discovery of optimization algorithms", 2023, algorithm 2.
 *
 * @throws ArgumentError for unknown options and for values out of range.
 */
export function lion(options: LionOptions = {}): Optimizer {
  checkOptionNames('lion', options, optionNames);
  const { learningRate = 1e-4, weightDecay = 0, groups, clip } = options;
  const { beta1 = 0.9, beta2 = 0.99 } = options;
  const direction = lionDirection({ beta1, beta2 }, 'lion');
  const decay = decayTransform(weightDecay, 'lion');
  const transforms = [direction, decay];
  return new Optimizer({ name: 'lion', learningRate, groups, clip, transforms });
}
