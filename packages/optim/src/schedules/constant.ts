import { tensor } from '@gradus/core';
import { checkNonNegative } from '@gradus/core/arguments';
import type { Schedule } from './schedule.js';

/**
 * The same learning rate in every step; for parts of other schedules.
 *
 * @throws ArgumentError when `value` is negative or not finite.
 */
export function constant(value: number): Schedule {
  checkNonNegative('constant', 'value', value);
  return () => tensor(value);
}
