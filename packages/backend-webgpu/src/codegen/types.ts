import type { DataType } from '@gradus/core/backend';

/** How many elements an invocation computes side by side: one, or four as a vector. */
export type Lanes = 1 | 4;

/**
 * The WGSL type in which each dtype is computed. Memory has no 8-bit types: uint8 is computed in
 * `u32` and wrapped after every operation, and both it and bool are stored four to a word.
 */
const scalarTypes = {
  float32: 'f32',
  float16: 'f16',
  int32: 'i32',
  uint32: 'u32',
  uint8: 'u32',
  bool: 'bool',
} as const satisfies Partial<Record<DataType, string>>;

/** The dtypes that this backend can compute in. */
type DeviceDataType = keyof typeof scalarTypes;

/** The WGSL type of `lanes` values of a dtype; float64, which WGSL lacks, never gets here. */
export function typeOf(dtype: DataType, lanes: Lanes): string {
  return vectorOf(scalarTypes[dtype as DeviceDataType], lanes);
}

/** The WGSL type of `lanes` values of a scalar type. */
export function vectorOf(scalar: string, lanes: Lanes): string {
  return lanes === 1 ? scalar : `vec${lanes}<${scalar}>`;
}
