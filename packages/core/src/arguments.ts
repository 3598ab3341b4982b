/**
 * `@gradus/core/arguments`: how layers, losses, optimisers and functions refuse arguments. Each check
 * throws an `ArgumentError` that names its owner, the parameter, what was expected and what was given.
 */
import { ArgumentError } from './errors.js';

/** How `value` reads in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value)) return 'an array';
  const constructor: unknown = value.constructor;
  return typeof constructor === 'function' && constructor !== Object
    ? `a ${constructor.name}`
    : 'an object';
}

/** Throws unless `value` is an integer of at least 1. */
export function checkPositiveInteger(owner: string, name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && (value as number) > 0) return;
  throw new ArgumentError(`${owner}: ${name} must be a positive integer, got ${shown(value)}.`);
}

/** Throws unless `value` is a finite number above 0. */
export function checkPositive(owner: string, name: string, value: unknown): void {
  if (Number.isFinite(value) && (value as number) > 0) return;
  throw new ArgumentError(`${owner}: ${name} must be a positive number, got ${shown(value)}.`);
}

/** Throws unless `value` is a finite number that is not negative. */
export function checkNonNegative(owner: string, name: string, value: unknown): void {
  if (Number.isFinite(value) && (value as number) >= 0) return;
  throw new ArgumentError(
    `${owner}: ${name} must be a finite number that is not negative, got ${shown(value)}.`,
  );
}

/** Throws unless `value` is in [0, 1). */
export function checkFraction(owner: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value < 1) return;
  throw new ArgumentError(`${owner}: ${name} must be in [0, 1), got ${shown(value)}.`);
}

/** Throws unless `value` is true or false. */
export function checkBoolean(owner: string, name: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new ArgumentError(`${owner}: ${name} must be true or false, got ${shown(value)}.`);
}

/** Throws unless `options` is an object all of whose names are in `known`: others would do nothing. */
export function checkOptionNames(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ArgumentError(
      `${owner}: expected an object of options ({ ${known.join(', ')} }), got ${shown(options)}.`,
    );
  }
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new ArgumentError(
    `${owner}: unknown option ${unknown.map(shown).join(', ')}; there are ${known.join(', ')}.`,
  );
}
