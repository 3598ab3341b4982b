import { checkPositive } from '@gradus/core/arguments';
import { globalNorm } from '../global-norm.js';
import type { Transform } from '../transform.js';

/**
 * Multiplies all gradients by min(1, maximum / norm), with the norm of all of them together, so that
 * their direction stays. Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent
 * neural networks", 2013, algorithm 1.
 *
 * Where the norm overflows, in float32 above 1.8e19, finite gradients become 0. An infinite or NaN
 * one makes NaN: clipping does not hide that training has diverged.
 *
 * @param maximum The largest norm that is left as it is, positive.
 * @throws ArgumentError when `maximum` is not a positive number.
 */
export function clipByGlobalNorm(maximum: number): Transform<never> {
  checkPositive('clipByGlobalNorm', 'maximum', maximum);
  return {
    slots: {},
    apply: (updates) => {
      const norm = globalNorm(updates.map(({ value }) => value));
      // Never below 1 before it divides, so that no gradients are no problem.
      const factor = norm.div(maximum).maximum(1).reciprocal();
      return updates.map(({ value }) => value.mul(factor.cast(value.dtype)));
    },
  };
}
