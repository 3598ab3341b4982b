import { checkBoolean, checkOptionNames } from '@gradus/core/arguments';
import { Optimizer } from './optimizer.js';
import { commonOptionNames, type CommonOptions } from './options.js';
import type { LearningRate } from './schedules/schedule.js';
import type { Transform } from './transform.js';
import { momentum as momentumTransform } from './transforms/momentum.js';
import { scaleByRootMeanSquare } from './transforms/scale-by-root-mean-square.js';
import { scaleByStandardDeviation } from './transforms/scale-by-standard-deviation.js';
import { weightDecay as decayTransform } from './transforms/weight-decay.js';

/** The options of {@link rmsProp}. */
export interface RmsPropOptions extends CommonOptions {
  /** A number, or a schedule; 0.01 if not given. */
  readonly learningRate?: LearningRate | undefined;
  /** The share of the mean square that each step keeps, in [0, 1); 0.99 if not given. */
  readonly alpha?: number | undefined;
  /** Added to the root, not under it; 1e-8 if not given. */
  readonly epsilon?: number | undefined;
  /** Whether to divide by the standard deviation instead (Graves, 2013); false if not given. */
  readonly centered?: boolean | undefined;
  /** μ, the share of the velocity that each step keeps, in [0, 1); 0, no momentum, if not given. */
  readonly momentum?: number | undefined;
  /** λ: λ times the parameter is added to its gradient; 0 if not given. */
  readonly weightDecay?: number | undefined;
}

const optionNames = [
  'learningRate',
  'alpha',
  'epsilon',
  'centered',
  'momentum',
  'weightDecay',
  ...commonOptionNames,
];

/**
 * RMSProp: gradients divided by the root of their mean square over the last steps. Tieleman and
 * Hinton, "Lecture 6.5 – RMSProp", 2012; agrees with PyTorch's `RMSprop`.
 *
 * @throws ArgumentError for unknown options and for values out of range.
 */
export function rmsProp(options: RmsPropOptions = {}): Optimizer {
  checkOptionNames('rmsProp', options, optionNames);
  const { learningRate = 1e-2, weightDecay = 0, groups, clip } = options;
  const { alpha = 0.99, epsilon = 1e-8, centered = false, momentum = 0 } = options;
  checkBoolean('rmsProp', 'centered', centered);
  const scaleBy = centered ? scaleByStandardDeviation : scaleByRootMeanSquare;
  const transforms: Transform[] = [
    decayTransform(weightDecay, 'rmsProp'),
    scaleBy({ alpha, epsilon }, 'rmsProp'),
  ];
  const velocity = momentumTransform({ factor: momentum }, 'rmsProp');
  if (momentum > 0) transforms.push(velocity);
  return new Optimizer({ name: 'rmsProp', learningRate, groups, clip, transforms });
}
