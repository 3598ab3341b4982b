import { checkOptionNames } from '@gradus/core/arguments';
import { Optimizer } from './optimizer.js';
import { commonOptionNames, type CommonOptions } from './options.js';
import type { LearningRate } from './schedules/schedule.js';
import { adamDirection } from './transforms/adam-direction.js';
import { weightDecay as decayTransform } from './transforms/weight-decay.js';

/** The options of {@link adam}. */
export interface AdamOptions extends CommonOptions {
  /** A number, or a schedule; 0.001 if not given. */
  readonly learningRate?: LearningRate | undefined;
  /** The share of the first moment that each step keeps, in [0, 1); 0.9 if not given. */
  readonly beta1?: number | undefined;
  /** The share of the second moment that each step keeps, in [0, 1); 0.999 if not given. */
  readonly beta2?: number | undefined;
  /** Added to the square root of the second moment; 1e-8 if not given. */
  readonly epsilon?: number | undefined;
  /** λ: λ times the parameter is added to its gradient, before the moments; 0 if not given. */
  readonly weightDecay?: number | undefined;
}

/** Of {@link adam} and of what differs from it in its weight decay only. */
export const adamOptionNames = [
  'learningRate',
  'beta1',
  'beta2',
  'epsilon',
  'weightDecay',
  ...commonOptionNames,
];

/**
 * Adam: steps of about the learning rate in every coordinate, whatever the size of its gradients.
 * Kingma and Ba, "Adam: a method for stochastic optimization", 2015; agrees with PyTorch's `Adam`.
 *
 * @throws ArgumentError for unknown options and for values out of range.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptionNames('adam', options, adamOptionNames);
  const { learningRate = 1e-3, weightDecay = 0, groups, clip } = options;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const decay = decayTransform(weightDecay, 'adam');
  const direction = adamDirection({ beta1, beta2, epsilon }, 'adam');
  return new Optimizer({
    name: 'adam',
    learningRate,
    groups,
    clip,
    transforms: [decay, direction],
  });
}
