import { checkNonNegative, checkOptionNames } from '@gradus/core/arguments';
import { Optimizer } from './optimizer.js';
import { commonOptionNames, type CommonOptions } from './options.js';
import { inverseTime } from './schedules/inverse-time.js';
import type { LearningRate } from './schedules/schedule.js';
import { scaleByRootSumOfSquares } from './transforms/scale-by-root-sum-of-squares.js';
import { scaleBySchedule } from './transforms/scale-by-schedule.js';
import { weightDecay as decayTransform } from './transforms/weight-decay.js';

/** The options of {@link adagrad}. */
export interface AdagradOptions extends CommonOptions {
  /** A number, or a schedule; 0.01 if not given. */
  readonly learningRate?: LearningRate | undefined;
  /** The learning rate is divided by 1 + learningRateDecay · step; 0 if not given. */
  readonly learningRateDecay?: number | undefined;
  /** What the sums of squares begin with; 0 if not given. */
  readonly initialAccumulator?: number | undefined;
  /** Added to the root of the sum of squares; 1e-10 if not given. */
  readonly epsilon?: number | undefined;
  /** λ: λ times the parameter is added to its gradient; 0 if not given. */
  readonly weightDecay?: number | undefined;
}

const optionNames = [
  'learningRate',
  'learningRateDecay',
  'initialAccumulator',
  'epsilon',
  'weightDecay',
  ...commonOptionNames,
];

/**
 * Adagrad: gradients divided by the root of the sum of all their squares so far, which suits what is
 * seldom seen. Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and
 * stochastic optimization", 2011, the diagonal form; agrees with PyTorch's `Adagrad`.
 *
 * @throws ArgumentError for unknown options and for values out of range.
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  checkOptionNames('adagrad', options, optionNames);
  const { learningRate = 1e-2, weightDecay = 0, groups, clip } = options;
  const { learningRateDecay = 0, initialAccumulator = 0, epsilon = 1e-10 } = options;
  checkNonNegative('adagrad', 'learningRateDecay', learningRateDecay);
  const decay = decayTransform(weightDecay, 'adagrad');
  const scaled = scaleByRootSumOfSquares({ initialAccumulator, epsilon }, 'adagrad');
  const slowing = scaleBySchedule(inverseTime({ initial: 1, decay: learningRateDecay }));
  const transforms = learningRateDecay > 0 ? [decay, scaled, slowing] : [decay, scaled];
  return new Optimizer({ name: 'adagrad', learningRate, groups, clip, transforms });
}
