import { checkPositive } from '@gradus/core/arguments';
import type { Transform } from '../transform.js';

/**
 * Keeps every element of the gradients in [−limit, limit], which may turn their direction. Infinite
 * ones become the limit; NaN stays.
 *
 * @param limit The largest magnitude, positive.
 * @throws ArgumentError when `limit` is not a positive number.
 */
export function clipByValue(limit: number): Transform<never> {
  checkPositive('clipByValue', 'limit', limit);
  return {
    slots: {},
    apply: (updates) => updates.map(({ value }) => value.maximum(-limit).minimum(limit)),
  };
}
