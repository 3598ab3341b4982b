import type { Variable } from '@gradus/core';
import type { Transform } from '../transform.js';
import { checkNonNegative } from '../validate.js';

/** Whether a parameter decays, by its path in the model and the parameter itself. */
export type DecayPredicate = (name: string, parameter: Variable) => boolean;

/** Whether a parameter is a weight: biases, and the scales of normalisations, have one axis. */
export const weightsOnly: DecayPredicate = (_name, { shape }) => shape.length > 1;

/**
 * Adds factor · parameter to the gradient: the gradient of an L2 penalty of ½ · factor · ‖w‖².
 *
 * @param factor λ, not negative.
 * @param decay Which parameters decay; all if not given.
 * @throws ArgumentError when `factor` is negative or not finite.
 */
export function weightDecay(factor: number, decay: DecayPredicate = () => true): Transform<never> {
  checkNonNegative('weightDecay', 'factor', factor);
  return {
    slots: {},
    apply: (updates) =>
      updates.map(({ name, parameter, value }) =>
        decay(name, parameter) ? value.add(parameter.value.mul(factor)) : value,
      ),
  };
}
