import type { Kernel, Plan } from '@gradus/core';

/** The multiplications and additions in the products and convolutions of a plan. */
export function operationsOf({ kernels }: Plan): number {
  return kernels.reduce((total, kernel) => total + 2 * multiplications(kernel), 0);
}

function multiplications(kernel: Kernel): number {
  if (kernel.kind === 'matMul') return product(kernel.shape) * kernel.depth;
  if (kernel.kind !== 'conv2d') return 0;
  // Whatever the pass, each element of the output meets each element of a filter once.
  const [, ...filter] = kernel.filter;
  return product(kernel.output) * product(filter);
}

function product(extents: readonly number[]): number {
  return extents.reduce((total, extent) => total * extent, 1);
}
