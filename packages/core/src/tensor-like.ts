import {
  allocateTypedArray,
  isTypedArray,
  naturalDataType,
  type DataType,
  type TypedArray,
} from './dtype.js';
import { ArgumentError, ShapeError } from './errors.js';
import { constant, data, scalarValue } from './graph/leaf.js';
import { encodeFloat16 } from './float16.js';
import type { GraphNode } from './graph/node.js';
import { castTo } from './backend/semantics.js';
import { isHandle, type GraphHandle } from './handle.js';
import { TensorStorage } from './runtime/storage.js';
import { formatShape, sizeOf, validateShape, type Shape } from './shape.js';

/** Numbers or booleans nested to the tensor's rank, every row as long as its neighbours. */
export type NestedArray = number | boolean | readonly NestedArray[];

/** Values with their shape, as data sets deliver them. */
export interface TensorData {
  readonly data: TypedArray;
  readonly shape: Shape;
}

/** Whatever an operation accepts as a tensor. Plain numbers take the dtype of what they meet. */
export type TensorLike = GraphHandle | NestedArray | TypedArray | TensorData;

/** Whether `value` is typed values with a shape. */
export function isTensorData(value: unknown): value is TensorData {
  return (
    typeof value === 'object' &&
    value !== null &&
    'data' in value &&
    'shape' in value &&
    isTypedArray(value.data) &&
    Array.isArray(value.shape)
  );
}

/**
 * The graph node that `value` stands for. Host values become `dtype`; when that is left out,
 * float32, or bool for booleans, or a typed array's own. Throws a `DataTypeError` for numbers that
 * an integer `dtype` does not hold.
 */
export function nodeOf(value: TensorLike, dtype?: DataType): GraphNode {
  if (isHandle(value)) return value.node;
  if (typeof value === 'number') return constant(value, dtype ?? 'float32');
  if (typeof value === 'boolean') return constant(value ? 1 : 0, dtype ?? 'bool');
  return hostNode(value, undefined, dtype, scalarValue);
}

/** How a number becomes one of a dtype: converted, or refused when that would change it. */
type ToElement = (value: number, dtype: DataType) => number;

/** A data leaf from host values: copied, so that later writes to the argument change nothing. */
export function hostNode(
  values: NestedArray | TypedArray | TensorData,
  shape: Shape | undefined,
  dtype: DataType | undefined,
  toElement: ToElement = (value, type) => castTo(type, value),
): GraphNode {
  if (isTensorData(values)) return typedNode(values.data, shape ?? values.shape, dtype, toElement);
  if (isTypedArray(values)) return typedNode(values, shape ?? [values.length], dtype, toElement);
  if (typeof values !== 'number' && typeof values !== 'boolean' && !Array.isArray(values)) {
    throw new ArgumentError(
      `A tensor can be made from numbers, nested arrays, typed arrays or { data, shape }, got ${describe(values)}.`,
    );
  }
  const nested = nestedShape(values);
  const target = shape ?? nested;
  const flat: (number | boolean)[] = [];
  flatten(values, nested, 0, flat);
  checkSize(flat.length, target);
  const type = dtype ?? (typeof flat[0] === 'boolean' ? 'bool' : 'float32');
  return data(TensorStorage.fromHost(type, convert(flat, type, toElement)), target);
}

function typedNode(
  values: TypedArray,
  shape: Shape,
  dtype: DataType | undefined,
  toElement: ToElement,
): GraphNode {
  checkSize(values.length, shape);
  // Raw bits are the only way in which float16 comes in a typed array.
  const raw = dtype === 'float16' && values instanceof Uint16Array;
  const natural = raw ? 'float16' : naturalDataType(values);
  const target = dtype ?? natural;
  const copy = target === natural ? values.slice() : convert(values, target, toElement);
  return data(TensorStorage.fromHost(target, copy), shape);
}

/** On the host, since a device may lack the dtype that the values come in. */
function convert(
  values: ArrayLike<number | boolean>,
  dtype: DataType,
  toElement: ToElement,
): TypedArray {
  const array = allocateTypedArray(dtype, values.length);
  for (let i = 0; i < values.length; i++) {
    const element = toElement(Number(values[i]), dtype);
    array[i] = dtype === 'float16' ? encodeFloat16(element) : element;
  }
  return array;
}

function nestedShape(values: NestedArray): number[] {
  const shape: number[] = [];
  for (let level: NestedArray | undefined = values; Array.isArray(level);) {
    const row = level as readonly NestedArray[];
    shape.push(row.length);
    level = row[0];
  }
  return shape;
}

function flatten(
  values: NestedArray,
  shape: Shape,
  axis: number,
  into: (number | boolean)[],
): void {
  if (typeof values === 'number' || typeof values === 'boolean') {
    if (axis < shape.length) throw new ShapeError(ragged(shape, axis, 'a number'));
    into.push(values);
    return;
  }
  if (!Array.isArray(values)) {
    throw new ArgumentError(
      `tensor: nested arrays may hold numbers and booleans, got ${describe(values)}.`,
    );
  }
  const row = values as readonly NestedArray[];
  if (axis >= shape.length || row.length !== shape[axis]) {
    throw new ShapeError(ragged(shape, axis, `a row of ${row.length}`));
  }
  for (const element of row) flatten(element, shape, axis + 1, into);
}

function ragged(shape: Shape, axis: number, found: string): string {
  return `tensor: the nested array is ragged: its first rows suggest ${formatShape(shape)}, but there is ${found} at depth ${axis}.`;
}

function checkSize(length: number, shape: Shape): void {
  validateShape('tensor', shape);
  if (sizeOf(shape) !== length) {
    throw new ShapeError(
      `tensor: shape ${formatShape(shape)} needs ${sizeOf(shape)} values, got ${length}.`,
    );
  }
}

function describe(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? `a ${value.constructor.name}`
    : `${typeof value} ${String(value)}`;
}
