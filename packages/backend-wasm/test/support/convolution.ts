import {
  lowerConv2d,
  sizeOf,
  type Conv2dKernel,
  type Convolution2d,
  type Expression,
  type ImageShape,
  type Kernel,
  type Plan,
} from '@gradus/core/backend';
import type { WasmBackend } from '../../src/backend.js';

/** A convolution by the sizes that describe it. */
export interface Convolution {
  readonly images: ImageShape;
  /** Channels of the output. */
  readonly outputs: number;
  readonly window: Convolution2d;
}

export const passes = ['forward', 'inputGradient', 'filterGradient'] as const;

/** The kernel of a pass: buffers 0 and 1 are its operands, buffer 2 its result and a little more. */
function conv2dKernel(
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
): Promise<{ readonly own: Float32Array; readonly expected: Float32Array }> {
  const kernel = conv2dKernel(pass, convolution);
  const { images, filter, output, shape } = kernel;
  const operands = {
    forward: [images, filter],
    inputGradient: [output, filter],
    filterGradient: [images, output],
  }[pass];
  const handles = operands.map((operand, seed) => {
    const values = Float32Array.from(
      { length: sizeOf(operand) },
      (_, i) => (((i + seed) * 2654435761) % 2001) / 1000 - 1,
    );
    const handle = backend.allocate(values.byteLength);
    backend.write(handle, new Uint8Array(values.buffer));
    return handle;
  });
  const result = backend.allocate(4 * sizeOf(shape));
  const run = async (variant: Kernel): Promise<Float32Array> => {
    const plan: Plan = {
      buffers: [
        ...operands.map((operand, position) => ({
          ...({ role: 'input', dtype: 'float32', length: sizeOf(operand) } as const),
          ...{ position, written: false },
        })),
        { role: 'output', dtype: 'float32', length: sizeOf(shape), position: 0 },
      ],
      scalars: [],
      arenaByteLength: 0,
      kernels: [variant],
    };
    const executable = await backend.compile(plan);
    backend.write(result, new Uint8Array(4 * sizeOf(shape)).fill(255));
    await executable.run(handles, [result], new Float64Array());
    executable.dispose();
    return new Float32Array((await backend.read(result, 4 * sizeOf(shape))).buffer);
  };
  const results = { own: await run(kernel), expected: await run(lowerConv2d(kernel)) };
  for (const handle of [...handles, result]) backend.free(handle);
  return results;
}

/** The largest difference of two results; NaN if there is one. */
export function largestDifference(own: Float32Array, expected: Float32Array): number {
  return own.reduce((most, value, index) => Math.max(most, Math.abs(value - expected[index]!)), 0);
}
