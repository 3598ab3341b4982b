import { roundTo, type DataType, type Pool2dKernel } from '@gradus/core/backend';
import type { NumberArray } from '../program/program.js';

/** What a position is where a window sees padding only. */
const nowhere = 2147483647;

/** One window over one channel of one image. */
interface Sight {
  readonly images: NumberArray;
  /** Where the channel begins. */
  readonly plane: number;
  readonly firstRow: number;
  readonly firstColumn: number;
}

/**
 * Fills `results` with what `kernel` finds in image `index`: [channels, rows, columns].
 */
export function poolImage(
  kernel: Pool2dKernel,
  arrays: readonly NumberArray[],
  index: number,
  results: Float64Array,
): void {
  const { images: shape, shape: pooled, window, buffer } = kernel;
  const [, channels, height, width] = shape;
  const images = arrays[buffer]!;
  const maxima = kernel.maxima === undefined ? undefined : arrays[kernel.maxima]!;
  const look = lookFor(kernel);
  let next = 0;
  const before = index * results.length;
  for (let channel = 0; channel < channels; channel++) {
    const plane = (index * channels + channel) * height * width;
    for (let row = 0; row < pooled[2]; row++) {
      const firstRow = row * window.stride[0] - window.padding.top;
      for (let column = 0; column < pooled[3]; column++) {
        const firstColumn = column * window.stride[1] - window.padding.left;
        const maximum = maxima === undefined ? 0 : maxima[before + next]!;
        results[next++] = look({ images, plane, firstRow, firstColumn }, maximum);
      }
    }
  }
}

/** What is made of the elements that a window sees, from a start. */
function lookFor({ operation, dtype, images, window }: Pool2dKernel) {
  const [, , height, width] = images;
  const { kernel, dilation } = window;
  const wrap = roundTo[dtype === 'float32' ? 'float64' : dtype];
  const least = leastValue(dtype);
  return ({ images: array, plane, firstRow, firstColumn }: Sight, maximum: number): number => {
    let result = operation === 'max' ? least : 0;
    for (let y = 0; y < kernel[0]; y++) {
      const row = firstRow + y * dilation[0];
      if (row < 0 || row >= height) continue;
      const line = plane + row * width;
      for (let x = 0; x < kernel[1]; x++) {
        const column = firstColumn + x * dilation[1];
        if (column < 0 || column >= width) continue;
        const value = array[line + column]!;
        const isNaN = value !== value;
        if (operation === 'sum') result += value;
        else if (operation === 'max') {
          if (value > result || isNaN) result = value;
        } else if (value === maximum || (isNaN && maximum !== maximum)) {
          return y * kernel[1] + x;
        }
      }
    }
    return operation === 'sum' ? wrap(result) : operation === 'max' ? result : nowhere;
  };
}

function leastValue(dtype: DataType): number {
  if (dtype === 'int32') return -2147483648;
  return dtype === 'float32' || dtype === 'float64' ? -Infinity : 0;
}
