import type { Conv2dKernel, DataType, Pool2dKernel, Unpool2dKernel } from '@gradus/core/backend';
import type { NumberArray } from '../program/program.js';
import { prepareConvolution } from './conv2d.js';
import { poolImage } from './pool2d.js';
import type { WindowRun } from './slab.js';
import { unpoolImage } from './unpool2d.js';

/** Prepares what comes before the epilogue of a kernel. */
export function prepareWindows(kernel: Conv2dKernel | Pool2dKernel | Unpool2dKernel): WindowRun {
  switch (kernel.kind) {
    case 'conv2d':
      return prepareConvolution(kernel);
    case 'pool2d': {
      const dtype = kernel.operation === 'position' ? 'int32' : kernel.dtype;
      return byImages(kernel, dtype, (...given) => poolImage(kernel, ...given));
    }
    case 'unpool2d':
      return byImages(kernel, kernel.dtype, (...given) => unpoolImage(kernel, ...given));
  }
}

/** Computes one image after another. */
function byImages(
  { shape: [count, channels, height, width] }: Pool2dKernel | Unpool2dKernel,
  dtype: DataType,
  compute: (arrays: readonly NumberArray[], index: number, results: Float64Array) => void,
): WindowRun {
  const results = new Float64Array(channels * height * width);
  return {
    results,
    layout: { dtype, start: 0, strides: [0, height * width, width, 1] },
    run(arrays, finish) {
      for (let index = 0; index < count; index++) {
        compute(arrays, index, results);
        finish(index, index + 1);
      }
    },
  };
}
