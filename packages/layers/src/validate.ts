import { ArgumentError, DataTypeError, type DataType, type Tensor } from '@gradus/core';

/** How `value` reads in a message. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : `a ${value.constructor.name}`;
}

/** Throws unless `value` is an integer of at least 1. */
export function checkPositiveInteger(layer: string, name: string, value: unknown): void {
  if (Number.isInteger(value) && (value as number) > 0) return;
  throw new ArgumentError(`${layer}: ${name} must be a positive integer, got ${shown(value)}.`);
}

/** Throws unless `value` is a function; `example` is what one could have been. */
export function checkFunction(layer: string, name: string, value: unknown, example: string): void {
  if (typeof value === 'function') return;
  throw new ArgumentError(
    `${layer}: ${name} must be a function such as ${example}, got ${shown(value)}.`,
  );
}

/** Throws unless `options` is an object all of whose names are in `known`: others would do nothing. */
export function checkOptionNames(layer: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ArgumentError(
      `${layer}: expected an object of options ({ ${known.join(', ')} }), got ${shown(options)}.`,
    );
  }
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw new ArgumentError(
    `${layer}: unknown option ${unknown.map(shown).join(', ')}; there are ${known.join(', ')}.`,
  );
}

/** Throws unless the input of `layer` has the dtype of its parameters: dtypes do not mix. */
export function checkDataType(
  layer: { toString(): string },
  { dtype }: Tensor,
  expected: DataType,
): void {
  if (dtype === expected) return;
  throw new DataTypeError(
    `${layer.toString()}: expected ${expected} input, got ${dtype}; cast it: x.cast('${expected}').`,
  );
}
