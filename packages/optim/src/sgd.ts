import { Optimizer } from './optimizer.js';
import type { LearningRate } from './schedules/schedule.js';
import type { Transform } from './transform.js';
import { momentum as momentumTransform } from './transforms/momentum.js';
import { weightDecay as decayTransform, type DecayPredicate } from './transforms/weight-decay.js';
import { checkFraction, checkNonNegative, checkOptionNames } from './validate.js';

/** The options of {@link sgd}. */
export interface SgdOptions {
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
  /** Which parameters decay: all if not given, `weightsOnly` to leave out biases. */
  readonly decay?: DecayPredicate | undefined;
}

const optionNames = ['learningRate', 'momentum', 'nesterov', 'dampening', 'weightDecay', 'decay'];

/**
 * Gradient descent, w ← w − learningRate · g, with momentum and weight decay when asked. Agrees
 * with PyTorch's `SGD`.
 *
 * @throws ArgumentError for unknown options and for values out of range.
 */
export function sgd(options: SgdOptions): Optimizer {
  checkOptionNames('sgd', options, optionNames);
  const { learningRate, momentum = 0, nesterov, dampening, weightDecay = 0, decay } = options;
  checkFraction('sgd', 'momentum', momentum);
  checkNonNegative('sgd', 'weightDecay', weightDecay);
  const transforms: Transform[] = [];
  if (weightDecay > 0) transforms.push(decayTransform(weightDecay, decay));
  if (momentum > 0 || nesterov === true) {
    transforms.push(momentumTransform({ factor: momentum, nesterov, dampening }));
  }
  return new Optimizer({ name: 'sgd', learningRate, transforms });
}
