import { DataTypeError } from './errors.js';

/** The element types a tensor can have. `bool` is stored as one byte, 0 or 1. */
export type DataType = 'float32' | 'float64' | 'float16' | 'int32' | 'uint32' | 'uint8' | 'bool';

/** The typed arrays that hold tensor data on the host. */
export type TypedArray =
  Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** Every data type, widest use first. */
export const dataTypes: readonly DataType[] = [
  'float32',
  'float64',
  'float16',
  'int32',
  'uint32',
  'uint8',
  'bool',
];

const elementBytes: Record<DataType, number> = {
  float32: 4,
  float64: 8,
  float16: 2,
  int32: 4,
  uint32: 4,
  uint8: 1,
  bool: 1,
};

/** The size of one element of `dtype` in bytes. */
export function bytesPerElement(dtype: DataType): number {
  return elementBytes[dtype];
}

/** Whether `dtype` is a floating-point type, the only ones that carry gradients. */
export function isFloating(dtype: DataType): boolean {
  return dtype === 'float32' || dtype === 'float64' || dtype === 'float16';
}

/** Whether `dtype` is an integer type (`bool` is not). */
export function isInteger(dtype: DataType): boolean {
  return dtype === 'int32' || dtype === 'uint32' || dtype === 'uint8';
}

/**
 * A new typed array of `length` zeros that stores `dtype` on the host. `float16` is kept as raw
 * bits in a `Uint16Array`, since not every engine has a `Float16Array`.
 */
export function allocateTypedArray(dtype: DataType, length: number): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(length);
    case 'float64':
      return new Float64Array(length);
    case 'float16':
      return new Uint16Array(length);
    case 'int32':
      return new Int32Array(length);
    case 'uint32':
      return new Uint32Array(length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(length);
  }
}

/** Reads `bytes`, without copying when it is aligned, as a typed array of `dtype`. */
export function viewAsTypedArray(dtype: DataType, bytes: Uint8Array): TypedArray {
  const width = bytesPerElement(dtype);
  const aligned = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset, byteLength } = aligned;
  const length = byteLength / width;
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, length);
    case 'float64':
      return new Float64Array(buffer, byteOffset, length);
    case 'float16':
      return new Uint16Array(buffer, byteOffset, length);
    case 'int32':
      return new Int32Array(buffer, byteOffset, length);
    case 'uint32':
      return new Uint32Array(buffer, byteOffset, length);
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer, byteOffset, length);
  }
}

/** The bytes of a typed array, without copying. */
export function bytesOf(array: TypedArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/**
 * The data type that a typed array holds naturally. `Uint16Array` has none: float16 data must
 * name its dtype.
 */
export function naturalDataType(array: TypedArray): DataType {
  if (array instanceof Float32Array) return 'float32';
  if (array instanceof Float64Array) return 'float64';
  if (array instanceof Int32Array) return 'int32';
  if (array instanceof Uint32Array) return 'uint32';
  if (array instanceof Uint8Array) return 'uint8';
  throw new DataTypeError(
    `A ${array.constructor.name} has no natural dtype: pass { dtype } or one of Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array.`,
  );
}

/** Whether `value` is one of the typed arrays that can hold tensor data. */
export function isTypedArray(value: unknown): value is TypedArray {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint32Array ||
    value instanceof Uint16Array ||
    value instanceof Uint8Array
  );
}
