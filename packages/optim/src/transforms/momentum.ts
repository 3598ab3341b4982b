import { ArgumentError, where } from '@gradus/core';
import { checkBoolean, checkFraction } from '@gradus/core/arguments';
import type { Transform } from '../transform.js';

/** How {@link momentum} remembers. */
export interface MomentumOptions {
  /** μ, the share of the velocity that each step keeps, in [0, 1). */
  readonly factor: number;
  /** How much less than fully a gradient adds to the velocity, in [0, 1); 0 if not given. */
  readonly dampening?: number | undefined;
  /** Whether to look ahead along the velocity; false if not given. */
  readonly nesterov?: boolean | undefined;
}

/**
 * Follows the velocity v ← μ v + (1 − dampening) g instead of the gradient g, or, in Nesterov's
 * form, g + μ v with the new v. The first gradient is not dampened. Sutskever et al., "On the
 * importance of initialization and momentum in deep learning", 2013, with the learning rate outside
 * of the velocity, as PyTorch has it.
 *
 * @param optimizer For messages.
 * @throws ArgumentError for factors outside of [0, 1), and for Nesterov's form with dampening or
 *   without momentum.
 */
export function momentum(
  options: MomentumOptions,
  optimizer = 'transforms',
): Transform<'velocity'> {
  const { factor, dampening = 0, nesterov = false } = options;
  checkFraction(optimizer, 'momentum', factor);
  checkFraction(optimizer, 'dampening', dampening);
  checkBoolean(optimizer, 'nesterov', nesterov);
  if (nesterov && (factor === 0 || dampening !== 0)) {
    throw new ArgumentError(`${optimizer}: nesterov needs momentum above 0 and no dampening.`);
  }
  return {
    slots: { velocity: 0 },
    apply: (updates, { step }) =>
      updates.map(({ value, slots: { velocity } }) => {
        const dampened = value.mul(1 - dampening);
        const added = dampening === 0 ? value : where(step.equal(0), value, dampened);
        const next = velocity.value.mul(factor).add(added);
        velocity.assign(next);
        return nesterov ? next.mul(factor).add(value) : next;
      }),
  };
}
