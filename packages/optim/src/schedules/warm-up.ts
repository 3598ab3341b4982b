import { checkFraction, checkOptionNames, checkPositiveInteger } from '@gradus/core/arguments';
import { progress } from './curves.js';
import { scheduleOf, type LearningRate, type Schedule } from './schedule.js';

/** A learning rate that grows to another one's beginning. */
export interface WarmUpOptions {
  /** How many steps that takes. */
  readonly steps: number;
  /** What of the rate the first step has, in [0, 1); 0, so that it only fills averages, if not given. */
  readonly initialFactor?: number | undefined;
  /** A number, or the schedule that begins afterwards. */
  readonly schedule: LearningRate;
}

/**
 * A straight line from initialFactor · schedule(0) to schedule(0) at `steps`, then schedule(step −
 * steps). Goyal et al., "Accurate, large minibatch SGD: training ImageNet in 1 hour", 2017, section
 * 2.2; PyTorch's `LinearLR`, followed by another schedule in `SequentialLR`.
 *
 * @throws ArgumentError for unknown options, when `steps` is not a positive integer, `initialFactor`
 *   outside of [0, 1), or `schedule` neither a function nor a finite, non-negative number.
 */
export function warmUp(options: WarmUpOptions): Schedule {
  checkOptionNames('warmUp', options, ['steps', 'initialFactor', 'schedule']);
  const { steps, initialFactor = 0 } = options;
  checkPositiveInteger('warmUp', 'steps', steps);
  checkFraction('warmUp', 'initialFactor', initialFactor);
  const schedule = scheduleOf('warmUp', 'schedule', options.schedule);
  return (step) => {
    // So written, the factor is exactly 1 at the end.
    const missing = progress(step, steps)
      .neg()
      .add(1)
      .mul(1 - initialFactor);
    return schedule(step.sub(steps).maximum(0)).mul(missing.neg().add(1));
  };
}
