import { checkOptionNames } from '@gradus/core/arguments';
import { Optimizer } from './optimizer.js';
import { commonOptionNames, type CommonOptions } from './options.js';
import type { LearningRate } from './schedules/schedule.js';
import { momentum as momentumTransform } from './transforms/momentum.js';
import { weightDecay as decayTransform } from './transforms/weight-decay.js';

/** The options of {@link sgd}. */
export interface SgdOptions extends CommonOptions {
  /** A number, or a schedule. */
  readonly learningRate: LearningRate;
  /** μ, the share of the velocity that each step keeps, in [0, 1); 0, no momentum, if not given. */
  readonly momentum?: number | undefined;
  /** Whether momentum looks ahead along the velocity (Nesterov); false if not given. */
  readonly nesterov?: boolean | undefined;
  /** How much less than fully a gradient adds to the velocity, in [0, 1); 0 if not given. */
  readonly dampening?: number | undefined;
  /** λ: λ times the parameter is added to its gradient; 0 if not given. */
  readonly weightDecay?: number | undefined;
}

const optionNames = [
  'learningRate',
  'momentum',
  'nesterov',
  'dampening',
  'weightDecay',
  ...commonOptionNames,
];

/**
 * Gradient descent, w ← w − learningRate · g, with momentum and weight decay when asked. Agrees
 * with PyTorch's `SGD`.
 *
 * @throws ArgumentError for unknown options and for values out of range.
 */
export function sgd(options: SgdOptions): Optimizer {
  checkOptionNames('sgd', options, optionNames);
  const { learningRate, weightDecay = 0, groups, clip } = options;
  const { momentum = 0, nesterov, dampening } = options;
  const decay = decayTransform(weightDecay, 'sgd');
  const velocity = momentumTransform({ factor: momentum, nesterov, dampening }, 'sgd');
  const transforms = momentum > 0 ? [decay, velocity] : [decay];
  return new Optimizer({ name: 'sgd', learningRate, groups, clip, transforms });
}
