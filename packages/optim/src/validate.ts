import { ArgumentError } from '@gradus/core';

/** How `value` reads in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : 'an object';
}

/** Throws unless `value` is a finite number that is not negative. */
export function checkNonNegative(optimizer: string, name: string, value: unknown): void {
  if (Number.isFinite(value) && (value as number) >= 0) return;
  throw new ArgumentError(
    `${optimizer}: ${name} must be a finite number that is not negative, got ${shown(value)}.`,
  );
}

/** Throws unless `value` is in [0, 1). */
export function checkFraction(optimizer: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value < 1) return;
  throw new ArgumentError(`${optimizer}: ${name} must be in [0, 1), got ${shown(value)}.`);
}

/** Throws unless `value` is in (0, 1]. */
export function checkPositiveFraction(optimizer: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && value <= 1) return;
  throw new ArgumentError(`${optimizer}: ${name} must be in (0, 1], got ${shown(value)}.`);
}

/** Throws unless `value` is an integer of at least 1. */
export function checkPositiveInteger(optimizer: string, name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) > 0) return;
  throw new ArgumentError(`${optimizer}: ${name} must be a positive integer, got ${shown(value)}.`);
}

/** Throws unless `value` is a finite number above 0. */
export function checkPositive(optimizer: string, name: string, value: unknown): void {
  if (Number.isFinite(value) && (value as number) > 0) return;
  throw new ArgumentError(`${optimizer}: ${name} must be a positive number, got ${shown(value)}.`);
}

/** Throws unless `value` is true or false. */
export function checkBoolean(optimizer: string, name: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new ArgumentError(`${optimizer}: ${name} must be true or false, got ${shown(value)}.`);
}

/** Throws when `options` has a name that is not in `known`: a misspelt option would do nothing. */
export function checkOptionNames(
  optimizer: string,
  options: object | null,
  known: readonly string[],
): void {
  if (typeof options !== 'object' || options === null) {
    throw new ArgumentError(
      `${optimizer}: the options must be an object with some of ${known.join(', ')}, ` +
        `got ${shown(options)}.`,
    );
  }
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new ArgumentError(
    `${optimizer}: unknown option ${unknown.join(', ')}; there are ${known.join(', ')}.`,
  );
}
