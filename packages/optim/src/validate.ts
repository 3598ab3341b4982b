import { ArgumentError } from '@gradus/core';
import { shown } from '@gradus/core/arguments';

/** Throws unless `value` is in (0, 1]. */
export function checkPositiveFraction(optimizer: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && value <= 1) return;
  throw new ArgumentError(`${optimizer}: ${name} must be in (0, 1], got ${shown(value)}.`);
}
