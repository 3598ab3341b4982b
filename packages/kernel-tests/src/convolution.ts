import { CpuBackend } from '@gradus/backend-cpu';
import {
  sizeOf,
  type Backend,
  type Conv2dKernel,
  type Convolution2d,
  type DataType,
  type Expression,
  type ImageShape,
} from '@gradus/core/backend';
import fc from 'fast-check';
import { planOf, runPlan, type Contents } from './run-plan.js';

/** A convolution by the sizes that describe it. */
export interface Convolution {
  readonly images: ImageShape;
  /** Channels of the output. */
  readonly outputs: number;
  readonly window: Convolution2d;
}

/** The passes that a kernel may be of. */
export const passes = ['forward', 'inputGradient', 'filterGradient'] as const;

const cpu = new CpuBackend();

/** Small convolutions of any shape. */
export const anyConvolution = fc
  .record({
    count: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    groupInputs: fc.integer({ min: 1, max: 5 }),
    groupOutputs: fc.integer({ min: 1, max: 13 }),
    size: fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    dilation: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    padding: fc.record({
      top: fc.integer({ min: 0, max: 6 }),
      bottom: fc.integer({ min: 0, max: 6 }),
      left: fc.integer({ min: 0, max: 6 }),
      right: fc.integer({ min: 0, max: 6 }),
    }),
  })
  .filter(({ size, kernel, dilation, padding }) => {
    const fits = (axis: 0 | 1, around: number): boolean =>
      size[axis] + around >= dilation[axis] * (kernel[axis] - 1) + 1;
    return fits(0, padding.top + padding.bottom) && fits(1, padding.left + padding.right);
  })
  .map(
    ({ count, groups, groupInputs, groupOutputs, size, kernel, stride, dilation, padding }) =>
      ({
        images: [count, groups * groupInputs, ...size],
        outputs: groups * groupOutputs,
        window: { kernel, stride, dilation, padding, groups },
      }) satisfies Convolution,
  );

/** What a convolution has beside sizes, the same in both directions; none of it if not given. */
interface Options {
  readonly stride?: number;
  readonly dilation?: number;
  readonly padding?: number;
  readonly groups?: number;
}

/** A convolution with a square kernel. */
export const convolution = (
  images: Convolution['images'],
  outputs: number,
  kernel: number,
  { stride = 1, dilation = 1, padding = 0, groups = 1 }: Options = {},
): Convolution => ({
  images,
  outputs,
  window: {
    kernel: [kernel, kernel],
    stride: [stride, stride],
    dilation: [dilation, dilation],
    padding: { top: padding, bottom: padding, left: padding, right: padding },
    groups,
  },
});

/** The kernel of a pass: buffers 0 and 1 are its operands, 2 is for the epilogue, 3 the result. */
export function conv2dKernel(
  pass: Conv2dKernel['pass'],
  { images, outputs, window }: Convolution,
  dtype: DataType = 'float32',
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
  return {
    ...{ kind: 'conv2d', name: pass, dtype, pass, images, filter, output, window },
    ...{ left: 0, right: 1, shape, outputs: [{ buffer: 3, value: epilogue(shape, dtype) }] },
  };
}

/** The result, something that depends on each axis by itself, and an element of memory by channel. */
function epilogue(shape: ImageShape, dtype: DataType): Expression {
  const index = (axis: number): Expression => ({ op: 'index', dtype: 'int32', axis });
  const scaled = (axis: number): Expression => {
    const inputs: Expression[] = [
      { op: 'cast', dtype, inputs: [index(axis)] },
      { op: 'constant', dtype, value: 1 / (8 * shape[axis]! + 8) },
    ];
    return { op: 'mul', dtype, inputs };
  };
  const bias: Expression = { op: 'load', dtype, buffer: 2, index: index(1) };
  const terms: Expression[] = [bias, ...[0, 1, 2, 3].map(scaled)];
  const result: Expression = { op: 'reduced', dtype, position: 0 };
  return terms.reduce((a, b): Expression => ({ op: 'add', dtype, inputs: [a, b] }), result);
}

/** The largest difference of what a backend gives and float64, by the greatest of the results. */
export async function errorOf(
  backend: Backend,
  pass: Conv2dKernel['pass'],
  convolution: Convolution,
): Promise<number> {
  const results = async (on: Backend, dtype: DataType): Promise<readonly number[]> => {
    const kernel = conv2dKernel(pass, convolution, dtype);
    const { images, filter, output, shape } = kernel;
    const operands = {
      forward: [images, filter],
      inputGradient: [output, filter],
      filterGradient: [images, output],
    }[pass];
    const inputs = [...operands.map(sizeOf), shape[1]].map((length, seed): Contents => {
      const values = Array.from({ length }, (_, i) => valueAt(i + 7919 * seed));
      return { dtype, length, values };
    });
    const plan = planOf(inputs, [{ dtype, length: sizeOf(shape) }], [kernel]);
    return (await runPlan(on, plan, inputs))[0]!;
  };
  const own = await results(backend, 'float32');
  const expected = await results(cpu, 'float64');
  const greatest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return own.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - expected[index]!) / greatest),
    0,
  );
}

/** Numbers from −1 to 1 of float32, without a pattern that a shift would meet again. */
function valueAt(index: number): number {
  return Math.fround(((Math.imul(index + 1, 2654435761) >>> 8) % 2001) / 1000 - 1);
}
