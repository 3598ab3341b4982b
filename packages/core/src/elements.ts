import type { DataType, TypedArray } from './dtype.js';
import { decodeFloat16 } from './float16.js';

/** Element `position` of host values as a number; bool is 0 or 1. */
export function elementAt(dtype: DataType, values: TypedArray, position: number): number {
  const stored = values[position]!;
  return dtype === 'float16' ? decodeFloat16(stored) : stored;
}
