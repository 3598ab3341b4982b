import type { Conv2dKernel } from '@gradus/core/backend';
import type { ShaderContext, Stage } from '../shader.js';
import { filterProductStages } from './filter-product.js';
import { imageProductStages } from './image-product.js';

/** A convolution or one of its gradients as a product of matrices that are made up while read. */
export function conv2dStages(context: ShaderContext, kernel: Conv2dKernel): Stage[] {
  return kernel.pass === 'filterGradient'
    ? filterProductStages(context, kernel)
    : imageProductStages(context, kernel);
}
