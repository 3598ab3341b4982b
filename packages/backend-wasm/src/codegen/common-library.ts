import { commonFunctions } from '../math/common.js';
import { convolutionProduct, isDepthwise } from './convolution/conv2d.js';
import type { Library } from './library.js';
import { mapFunction } from './map.js';
import { matMulFunction } from './mat-mul.js';
import { rowFunction } from './row.js';
import { reduceFunctions } from './split-reduction.js';

/** What nearly every plan is written with. */
export const commonLibrary: Library = {
  kernels: {
    map: (environment, kernel) => [mapFunction(environment, kernel)],
    reduce: reduceFunctions,
    row: (environment, kernel) => [rowFunction(environment, kernel)],
    matMul: (environment, kernel) => [matMulFunction(environment, kernel)],
    conv2d: (environment, kernel) =>
      isDepthwise(kernel) ? undefined : convolutionProduct(environment, kernel),
  },
  functions: commonFunctions,
};
