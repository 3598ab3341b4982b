import type { Conv2dKernel } from '@gradus/core/backend';
import { filterBlock, filterEpilogue } from '../convolution/filter-block.js';
import { FilterProduct } from '../convolution/filter-product.js';
import { imageBlock, imageEpilogue } from '../convolution/image-block.js';
import { ImageProduct } from '../convolution/image-product.js';
import { packedProduct } from '../matmul/packed-product.js';
import type { CompiledProgram } from '../program/program.js';
import type { KernelContext } from './compile.js';

/**
 * Multiplies block by block, packing straight from the images, and runs the epilogue on each block
 * while it is in the cache.
 */
export function compileConv2d(kernel: Conv2dKernel, context: KernelContext): CompiledProgram {
  return kernel.pass === 'filterGradient'
    ? compileFilterGradient(kernel, context)
    : compileImages(kernel, context);
}

function compileImages(
  kernel: Conv2dKernel,
  { scalars, scratch, translate }: KernelContext,
): CompiledProgram {
  const block = new Int32Array(imageBlock.length);
  const product = new ImageProduct(kernel, block);
  const tile = scratch(packedProduct().tile);
  const epilogue = translate(imageEpilogue(kernel, scalars, tile, scratch(block)));
  return {
    source: `${description(kernel)}, the products of image-product.ts, and for each block of them\n${epilogue.source}`,
    run: (arrays) => product.run(arrays, () => epilogue.run(arrays)),
  };
}

function compileFilterGradient(
  kernel: Conv2dKernel,
  { scalars, scratch, translate }: KernelContext,
): CompiledProgram {
  const block = new Int32Array(filterBlock.length);
  const product = new FilterProduct(kernel, block);
  const sums = scratch(product.sums);
  const epilogue = translate(filterEpilogue(kernel, scalars, sums, scratch(block)));
  return {
    source: `${description(kernel)}, the products of filter-product.ts, and for each block of them\n${epilogue.source}`,
    run: (arrays) => product.run(arrays, () => epilogue.run(arrays)),
  };
}

function description({ pass, shape }: Conv2dKernel): string {
  return `// ${pass} to ${shape.join(' × ')}`;
}
