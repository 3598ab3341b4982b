import { lowerConv2d, type Conv2dKernel } from '@gradus/core/backend';
import type { Environment } from '../environment.js';
import type { KernelFunction } from '../kernel-function.js';
import { reduceFunction } from '../reduce.js';
import { depthwiseFunction } from '../windows/depthwise.js';
import { imageBlocks } from './blocks.js';
import { filterBlocks } from './filter-blocks.js';
import { filterProduct } from './filter-product.js';
import { imageProduct } from './image-product.js';

/** A convolution or one of its gradients, stage by stage. */
export function conv2dFunctions(
  environment: Environment,
  kernel: Conv2dKernel,
): readonly KernelFunction[] {
  const depthwise = depthwiseFunction(environment, kernel);
  if (depthwise !== undefined) return [depthwise];
  if (kernel.pass === 'filterGradient') {
    const blocks = filterBlocks(kernel);
    if (blocks !== undefined) return filterProduct(environment, kernel, blocks);
  } else {
    const blocks = imageBlocks(kernel);
    if (blocks !== undefined) return [imageProduct(environment, kernel, blocks)];
  }
  // Few elements of an unusual shape.
  return [reduceFunction(environment, lowerConv2d(kernel))];
}
