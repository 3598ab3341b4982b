import type { Conv2dKernel } from '@gradus/core/backend';
import type { Environment } from '../environment.js';
import type { KernelFunction } from '../kernel-function.js';
import { imageBlocks } from './blocks.js';
import { filterBlocks } from './filter-blocks.js';
import { filterProduct } from './filter-product.js';
import { imageProduct } from './image-product.js';

/**
 * A convolution or one of its gradients as products of matrices, stage by stage. Undefined for few
 * elements of an unusual shape.
 */
export function convolutionProduct(
  environment: Environment,
  kernel: Conv2dKernel,
): readonly KernelFunction[] | undefined {
  if (kernel.pass === 'filterGradient') {
    const blocks = filterBlocks(kernel);
    return blocks && filterProduct(environment, kernel, blocks);
  }
  const blocks = imageBlocks(kernel);
  return blocks && [imageProduct(environment, kernel, blocks)];
}

/** Whether each channel of images is convolved by itself, to images again. */
export function isDepthwise({ pass, images, output, window }: Conv2dKernel): boolean {
  return pass !== 'filterGradient' && window.groups === images[1] && window.groups === output[1];
}
