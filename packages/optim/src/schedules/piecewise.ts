import { ArgumentError, where } from '@gradus/core';
import { checkOptionNames, shown } from '@gradus/core/arguments';
import { scheduleOf, type LearningRate, type Schedule } from './schedule.js';

/** Learning rates one after another. */
export interface PiecewiseOptions {
  /** The steps at which the second value and those after it begin, increasing. */
  readonly boundaries: readonly number[];
  /** Numbers or schedules, one more than there are boundaries. */
  readonly values: readonly LearningRate[];
}

/**
 * values[0] before boundaries[0], values[1] from there on, and so forth. A schedule among the values
 * counts steps from its own beginning. With numbers it is PyTorch's `MultiStepLR`, with schedules
 * `SequentialLR`.
 *
 * @throws ArgumentError for unknown options, for boundaries that are not increasing positive
 *   integers, for values that are neither schedules nor finite, non-negative numbers, and when there
 *   is not one value more than there are boundaries.
 */
export function piecewise(options: PiecewiseOptions): Schedule {
  checkOptionNames('piecewise', options, ['boundaries', 'values']);
  const { boundaries, values } = options;
  checkBoundaries(boundaries);
  if (!Array.isArray(values) || values.length !== boundaries.length + 1) {
    throw new ArgumentError(
      `piecewise: values must be an array of ${boundaries.length + 1}, one more than there are ` +
        `boundaries, got ${Array.isArray(values) ? values.length : shown(values)}.`,
    );
  }
  const [first, ...others] = values.map((value: LearningRate, position) =>
    scheduleOf('piecewise', `values[${position}]`, value),
  ) as [Schedule, ...Schedule[]];
  return (step) =>
    others.reduce((rate, part, position) => {
      const since = step.sub(boundaries[position]!);
      return where(since.less(0), rate, part(since.maximum(0)));
    }, first(step));
}

function checkBoundaries(boundaries: readonly number[]): void {
  const increases = (each: number, position: number): boolean =>
    Number.isSafeInteger(each) && each > (boundaries[position - 1] ?? 0);
  if (Array.isArray(boundaries) && boundaries.every(increases)) return;
  throw new ArgumentError(
    `piecewise: boundaries must be an array of increasing positive integers, got ` +
      `${Array.isArray(boundaries) ? `[${boundaries.join(', ')}]` : shown(boundaries)}.`,
  );
}
