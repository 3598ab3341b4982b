import { lowerConv2d } from '@gradus/core/backend';
import { divisions, mathematics } from '../math/index.js';
import { commonLibrary } from './common-library.js';
import { convolutionProduct } from './convolution/conv2d.js';
import type { Library } from './library.js';
import { reduceFunction } from './reduce.js';
import { scatterAddFunction } from './scatter-add.js';
import { depthwiseFunction } from './windows/depthwise.js';
import { pool2dFunction } from './windows/pool2d.js';
import { unpool2dFunction } from './windows/unpool2d.js';

/** What every plan can be written with. */
export const completeLibrary: Library = {
  kernels: {
    ...commonLibrary.kernels,
    conv2d: (environment, kernel) => {
      const depthwise = depthwiseFunction(environment, kernel);
      if (depthwise !== undefined) return [depthwise];
      return (
        convolutionProduct(environment, kernel) ?? [
          // Few elements of an unusual shape.
          reduceFunction(environment, lowerConv2d(kernel)),
        ]
      );
    },
    pool2d: (environment, kernel) => [pool2dFunction(environment, kernel)],
    unpool2d: (environment, kernel) => [unpool2dFunction(environment, kernel)],
    scatterAdd: (environment, kernel) => [scatterAddFunction(environment, kernel)],
  },
  functions: { ...mathematics, ...divisions },
};
