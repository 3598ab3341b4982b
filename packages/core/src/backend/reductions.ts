import type { DataType } from '../dtype.js';
import type { ScalarOperation } from './expression.js';
import type { ReductionOperation } from './kernels.js';

/** The scalar operation that a reduction repeats; `argMax` and `argMin` compare instead. */
export const combiningOperations = {
  sum: 'add',
  product: 'mul',
  max: 'maximum',
  min: 'minimum',
} as const satisfies Partial<Record<ReductionOperation, ScalarOperation>>;

/** The least and the greatest value of each dtype: what the search for the other one starts from. */
export const valueRange: Readonly<Record<DataType, readonly [least: number, greatest: number]>> = {
  float32: [-Infinity, Infinity],
  float64: [-Infinity, Infinity],
  float16: [-Infinity, Infinity],
  int32: [-2147483648, 2147483647],
  uint32: [0, 4294967295],
  uint8: [0, 255],
  bool: [0, 1],
};
