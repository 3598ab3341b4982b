import { checkFraction } from '@gradus/core/arguments';
import type { Transform } from '../transform.js';
import { moveAverage } from './average.js';

/** The constants of Lion. */
export interface LionDirectionOptions {
  /** The share of the momentum in the direction, in [0, 1). */
  readonly beta1: number;
  /** The share of the momentum that each step keeps, in [0, 1). */
  readonly beta2: number;
}

/**
 * sign(β₁ m + (1 − β₁) g) with the momentum of the steps before, then m ← β₂ m + (1 − β₂) g. Chen et
 * al., "Symbolic discovery of optimization algorithms", 2023, algorithm 2.
 *
 * @param optimizer For messages.
 * @throws ArgumentError for betas outside of [0, 1).
 */
export function lionDirection(
  options: LionDirectionOptions,
  optimizer = 'lionDirection',
): Transform<'momentum'> {
  const { beta1, beta2 } = options;
  checkFraction(optimizer, 'beta1', beta1);
  checkFraction(optimizer, 'beta2', beta2);
  return {
    slots: { momentum: 0 },
    apply: (updates) =>
      updates.map(({ value, slots: { momentum } }) => {
        const mixed = momentum.value.mul(beta1).add(value.mul(1 - beta1));
        moveAverage(momentum, beta2, value);
        return mixed.sign();
      }),
  };
}
