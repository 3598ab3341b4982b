import { sizeOf, type Shape } from '@gradus/core';

/** The values of a tensor on the host, row by row. Doubles hold every dtype. */
export interface HostArray {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** A position in a tensor, one coordinate an axis. */
export type Index = readonly number[];

/** The array of `shape` whose element at each index is `valueAt(index)`. */
export function build(shape: Shape, valueAt: (index: Index) => number): HostArray {
  const data = new Float64Array(sizeOf(shape));
  let position = 0;
  for (const index of indicesOf(shape)) data[position++] = valueAt(index);
  return { shape, data };
}

/** Every index of `shape` in row-major order. It is one array that changes between steps. */
export function* indicesOf(shape: Shape): Generator<Index> {
  const index = shape.map(() => 0);
  for (let remaining = sizeOf(shape); remaining > 0; remaining--) {
    yield index;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Where the element at `index` lies in the data of an array of `shape`. */
export function positionOf(shape: Shape, index: Index): number {
  let position = 0;
  for (let axis = 0; axis < shape.length; axis++) position = position * shape[axis]! + index[axis]!;
  return position;
}

/** The element of `array` at `index`. */
export function at(array: HostArray, index: Index): number {
  return array.data[positionOf(array.shape, index)]!;
}
