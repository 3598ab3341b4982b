import {
  lowerConv2d,
  sizeOf,
  type Conv2dKernel,
  type Convolution2d,
  type Expression,
  type ImageShape,
  type Kernel,
} from '@gradus/core/backend';
import type { WasmBackend } from '../../src/backend.js';
import { planOf, runPlan, type Contents } from './run-plan.js';

/** A convolution by the sizes that describe it. */
export interface Convolution {
  readonly images: ImageShape;
  /** Channels of the output. */
  readonly outputs: number;
  readonly window: Convolution2d;
}

export const passes = ['forward', 'inputGradient', 'filterGradient'] as const;

/** The kernel of a pass: buffers 0 and 1 are its operands, buffer 2 its result and a little more. */
export function conv2dKernel(
  pass: Conv2dKernel['pass'],
  { images, outputs, window }: Convolution,
): Conv2dKernel {
  const { kernel, stride, dilation, padding, groups } = window;
  const extent = (axis: 0 | 1, size: number, before: number, after: number): number =>
    Math.floor((size + before + after - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis]) +
    1;
  const height = extent(0, images[2], padding.top, padding.bottom);
  const width = extent(1, images[3], padding.left, padding.right);
  const output: ImageShape = [images[0], outputs, height, width];
  const filter: ImageShape = [outputs, images[1] / groups, ...kernel];
  const shape = { forward: output, inputGradient: images, filterGradient: filter }[pass];
  // Something of each axis, so that the epilogue has to know where it is.
  const axis = (position: number): Expression => ({
    op: 'cast',
    dtype: 'float32',
    inputs: [{ op: 'index', dtype: 'int32', axis: position }],
  });
  const inputs: Expression[] = [0, 1, 2, 3].map(axis);
  const sum = [{ op: 'reduced', dtype: 'float32', position: 0 } as Expression, ...inputs].reduce(
    (a, b) => ({ op: 'add', dtype: 'float32', inputs: [a, b] }),
  );
  return {
    ...{ kind: 'conv2d', name: pass, dtype: 'float32', pass, images, filter, output, window },
    ...{ left: 0, right: 1, shape, outputs: [{ buffer: 2, value: sum }] },
  };
}

/** The result by the backend's own kernel, and by the sum that it stands for. */
export async function bothResults(
  backend: WasmBackend,
  pass: Conv2dKernel['pass'],
  convolution: Convolution,
): Promise<{ readonly own: readonly number[]; readonly expected: readonly number[] }> {
  const kernel = conv2dKernel(pass, convolution);
  const { images, filter, output, shape } = kernel;
  const operands = {
    forward: [images, filter],
    inputGradient: [output, filter],
    filterGradient: [images, output],
  }[pass];
  const inputs = operands.map((operand, seed): Contents => {
    const length = sizeOf(operand);
    const values = Array.from({ length }, (_, i) => (((i + seed) * 2654435761) % 2001) / 1000 - 1);
    return { dtype: 'float32', length, values };
  });
  const result: Contents = { dtype: 'float32', length: sizeOf(shape) };
  const run = async (variant: Kernel): Promise<readonly number[]> =>
    (await runPlan(backend, planOf(inputs, [result], [variant]), inputs))[0]!;
  return { own: await run(kernel), expected: await run(lowerConv2d(kernel)) };
}

/** The largest difference of two results; NaN if there is one. */
export function largestDifference(own: readonly number[], expected: readonly number[]): number {
  return own.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index]!)), 0);
}
