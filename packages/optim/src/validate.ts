import { ArgumentError } from '@gradus/core';

/** Throws unless `value` is a finite number that is not negative. */
export function checkNonNegative(optimizer: string, name: string, value: unknown): void {
  if (Number.isFinite(value) && (value as number) >= 0) return;
  throw new ArgumentError(
    `${optimizer}: ${name} must be a finite number that is not negative, got ${String(value)}.`,
  );
}

/** Throws unless `value` is in [0, 1). */
export function checkFraction(optimizer: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value < 1) return;
  throw new ArgumentError(`${optimizer}: ${name} must be in [0, 1), got ${String(value)}.`);
}

/** Throws unless `value` is a finite number above 0. */
export function checkPositive(optimizer: string, name: string, value: unknown): void {
  if (Number.isFinite(value) && (value as number) > 0) return;
  throw new ArgumentError(`${optimizer}: ${name} must be a positive number, got ${String(value)}.`);
}

/** Throws when `options` has a name that is not in `known`: a misspelt option would do nothing. */
export function checkOptionNames(
  optimizer: string,
  options: object,
  known: readonly string[],
): void {
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new ArgumentError(
    `${optimizer}: unknown option ${unknown.join(', ')}; there are ${known.join(', ')}.`,
  );
}
