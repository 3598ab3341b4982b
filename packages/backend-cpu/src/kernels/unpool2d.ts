import { roundTo, type Unpool2dKernel } from '@gradus/core/backend';
import type { NumberArray } from '../program/program.js';

/** Fills `results` with image `index`, [channels, height, width], to which each value goes back. */
export function unpoolImage(
  kernel: Unpool2dKernel,
  arrays: readonly NumberArray[],
  index: number,
  results: Float64Array,
): void {
  const { pooled, shape, window, buffer } = kernel;
  const [, channels, height, width] = shape;
  const values = arrays[buffer]!;
  const positions = kernel.positions === undefined ? undefined : arrays[kernel.positions]!;
  const [rows, columns] = window.kernel;
  results.fill(0);
  const add = (plane: number, row: number, column: number, value: number): void => {
    if (row < 0 || row >= height || column < 0 || column >= width) return;
    const at = plane + row * width + column;
    results[at] = results[at]! + value;
  };
  let next = index * channels * pooled[2] * pooled[3];
  for (let channel = 0; channel < channels; channel++) {
    const plane = channel * height * width;
    for (let y = 0; y < pooled[2]; y++) {
      const top = y * window.stride[0] - window.padding.top;
      for (let x = 0; x < pooled[3]; x++, next++) {
        const left = x * window.stride[1] - window.padding.left;
        const value = values[next]!;
        const position = positions?.[next] ?? 0;
        const [from, to] = positions === undefined ? [0, rows * columns] : [position, position + 1];
        // Where a window saw nothing but padding the position is none of its own.
        for (let k = from; k < Math.min(to, rows * columns); k++) {
          const row = top + Math.floor(k / columns) * window.dilation[0];
          add(plane, row, left + (k % columns) * window.dilation[1], value);
        }
      }
    }
  }
  const { dtype } = kernel;
  if (dtype === 'float32' || dtype === 'float64') return;
  const wrap = roundTo[dtype];
  for (let at = 0; at < results.length; at++) results[at] = wrap(results[at]!);
}
