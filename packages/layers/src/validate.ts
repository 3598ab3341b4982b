import {
  ArgumentError,
  DataTypeError,
  formatShape,
  isFloating,
  ShapeError,
  type DataType,
  type Tensor,
} from '@gradus/core';
import { shown } from '@gradus/core/arguments';

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
