import { isInteger, type DataType } from '../dtype.js';
import { DataTypeError } from '../errors.js';
import { normalizeAxis, validateShape, type Shape } from '../shape.js';
import { roundTo } from '../backend/semantics.js';
import type { TensorStorage } from '../runtime/storage.js';
import type { VariableVersion } from '../runtime/variable-version.js';
import { GraphNode } from './node.js';

/** A scalar whose value travels beside the plan rather than in it. */
export function constant(value: number, dtype: DataType): GraphNode<'constant'> {
  return new GraphNode('constant', [], { value: scalarValue(value, dtype) }, [], dtype);
}

/** A plain number as `dtype` holds it. Throws a `DataTypeError` if it is not one of its integers. */
export function scalarValue(value: number, dtype: DataType): number {
  const rounded = roundTo[dtype](value);
  if (isInteger(dtype) && rounded !== value) {
    throw new DataTypeError(
      `${value} is not ${dtype === 'uint8' ? 'a' : 'an'} ${dtype}, which it meets here; ` +
        `cast the tensor first, e.g. x.cast('float32').`,
    );
  }
  return rounded;
}

/** 0, 1, 2, … along `axis`, the same along the others. */
export function iota(shape: Shape, axis: number, dtype: DataType): GraphNode<'iota'> {
  validateShape('iota', shape);
  return new GraphNode(
    'iota',
    [],
    { axis: normalizeAxis('iota', axis, shape.length) },
    shape,
    dtype,
  );
}

/** Values that exist already. */
export function data(storage: TensorStorage, shape: Shape): GraphNode<'data'> {
  const node = new GraphNode('data', [], {}, shape, storage.dtype);
  node.storage = storage;
  return node;
}

/** An argument of a traced function. */
export function placeholder(
  name: string,
  shape: Shape,
  dtype: DataType,
  scalar = false,
): GraphNode<'placeholder'> {
  return new GraphNode('placeholder', [], { name, scalar }, shape, dtype);
}

/** A read of one version of a variable; one node per version, so that equal reads are equal nodes. */
export function variableRead(version: VariableVersion): GraphNode<'variable'> {
  const { shape, dtype } = version.variable;
  version.reader ??= new GraphNode('variable', [], { version }, shape, dtype);
  return version.reader;
}
