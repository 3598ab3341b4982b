import { checkNonNegative } from '@gradus/core/arguments';
import type { Transform } from '../transform.js';

/**
 * Adds λ w to what is to be subtracted, or another multiple of w where a parameter's group says so.
 * Before a direction is taken, it is the gradient of an L2 penalty of ½ λ ‖w‖²; after it, decoupled
 * decay: w ← (1 − learningRate · λ) w − …
 *
 * @param factor λ, not negative.
 * @param optimizer For messages.
 * @throws ArgumentError when `factor` is negative or not finite.
 */
export function weightDecay(factor: number, optimizer = 'transforms'): Transform<never> {
  checkNonNegative(optimizer, 'weightDecay', factor);
  return {
    slots: {},
    apply: (updates) =>
      updates.map(({ parameter, group, value }) => {
        const own = group.weightDecay ?? factor;
        return own === 0 ? value : value.add(parameter.value.mul(own));
      }),
  };
}
