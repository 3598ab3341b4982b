import { Optimizer } from './optimizer.js';
import type { LearningRate } from './schedules/schedule.js';
import { adamDirection } from './transforms/adam-direction.js';
import { weightDecay as decayTransform, type DecayPredicate } from './transforms/weight-decay.js';
import { checkNonNegative, checkOptionNames } from './validate.js';

/** The options of {@link adam}. */
export interface AdamOptions {
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
  /** Which parameters decay: all if not given, `weightsOnly` to leave out biases. */
  readonly decay?: DecayPredicate | undefined;
}

const optionNames = ['learningRate', 'beta1', 'beta2', 'epsilon', 'weightDecay', 'decay'];

/**
 * Adam: steps of about the learning rate in every coordinate, whatever the size of its gradients.
 * Kingma and Ba, 2015; agrees with PyTorch's `Adam`.
 *
 * @throws ArgumentError for unknown options and for values out of range.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptionNames('adam', options, optionNames);
  const { learningRate = 1e-3, weightDecay = 0, decay } = options;
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  checkNonNegative('adam', 'weightDecay', weightDecay);
  const direction = adamDirection({ beta1, beta2, epsilon });
  const transforms =
    weightDecay > 0 ? [decayTransform(weightDecay, decay), direction] : [direction];
  return new Optimizer({ name: 'adam', learningRate, transforms });
}
