import {
  ArgumentError,
  DataTypeError,
  formatShape,
  isFloating,
  ShapeError,
  type DataType,
  type Tensor,
} from '@gradus/core';

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
export function checkBoolean(layer: string, name: string, value: unknown): void {
  if (typeof value === 'boolean') return;
  throw new ArgumentError(`${layer}: ${name} must be true or false, got ${shown(value)}.`);
}

/** Throws unless `dtype`, that of a layer's parameters, is a floating-point one. */
export function checkFloating(layer: string, dtype: DataType): void {
  if (isFloating(dtype)) return;
  throw new ArgumentError(`${layer}: dtype must be a floating-point one, got ${dtype}.`);
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

/** Throws unless what `layer` was given has the dtype of its parameters: dtypes do not mix. */
export function checkDataType(
  layer: { toString(): string },
  { dtype }: Tensor,
  expected: DataType,
  name = 'input',
): void {
  if (dtype === expected) return;
  throw new DataTypeError(
    `${layer.toString()}: expected ${expected} ${name}, got ${dtype}; cast it: x.cast('${expected}').`,
  );
}

/**
 * Throws unless what `layer` was given has the axes that it should: numbers are their extents,
 * names stand for any.
 */
export function checkShape(
  layer: { toString(): string },
  { shape }: Tensor,
  axes: readonly (number | string)[],
  name = 'input',
): void {
  const fits = (axis: number | string, position: number): boolean =>
    typeof axis === 'string' || axis === shape[position];
  if (shape.length === axes.length && axes.every(fits)) return;
  throw new ShapeError(
    `${layer.toString()}: expected ${name} to be [${axes.join(', ')}], got ${formatShape(shape)}.`,
  );
}

/** Throws unless what `layer` was given has a floating-point dtype. */
export function checkFloatingInput(layer: { toString(): string }, { dtype }: Tensor): void {
  if (isFloating(dtype)) return;
  throw new DataTypeError(
    `${layer.toString()}: expected floating-point input, got ${dtype}; cast it: x.cast('float32').`,
  );
}
