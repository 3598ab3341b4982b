import { checkOptionNames } from '@gradus/core/arguments';
import { Optimizer } from './optimizer.js';
import { commonOptionNames, type CommonOptions } from './options.js';
import type { LearningRate } from './schedules/schedule.js';
import { adadeltaDirection } from './transforms/adadelta-direction.js';
import { weightDecay as decayTransform } from './transforms/weight-decay.js';

/** The options of {@link adadelta}. */
export interface AdadeltaOptions extends CommonOptions {
  /** A number, or a schedule; 1, as in the paper, if not given. */
  readonly learningRate?: LearningRate | undefined;
  /** The share of both mean squares that each step keeps, in [0, 1); 0.9 if not given. */
  readonly rho?: number | undefined;
  /** Added under both roots, so that the first steps are not 0; 1e-6 if not given. */
  readonly epsilon?: number | undefined;
  /** λ: λ times the parameter is added to its gradient; 0 if not given. */
  readonly weightDecay?: number | undefined;
}

const optionNames = ['learningRate', 'rho', 'epsilon', 'weightDecay', ...commonOptionNames];

/**
 * Adadelta: steps in the units of the parameter, as large as the last ones were, so that there is no
 * learning rate to choose. Zeiler, "ADADELTA: an adaptive learning rate method", 2012, algorithm 1;
 * agrees with PyTorch's `Adadelta`.
 *
 * @throws ArgumentError for unknown options and for values out of range.
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  checkOptionNames('adadelta', options, optionNames);
  const { learningRate = 1, weightDecay = 0, groups, clip } = options;
  const { rho = 0.9, epsilon = 1e-6 } = options;
  const decay = decayTransform(weightDecay, 'adadelta');
  const direction = adadeltaDirection({ rho, epsilon }, 'adadelta');
  const transforms = [decay, direction];
  return new Optimizer({ name: 'adadelta', learningRate, groups, clip, transforms });
}
