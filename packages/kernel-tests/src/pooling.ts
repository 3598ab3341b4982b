import { CpuBackend } from '@gradus/backend-cpu';
import {
  sizeOf,
  stridesOf,
  type Backend,
  type DataType,
  type Expression,
  type ImageShape,
  type Pool2dKernel,
  type Unpool2dKernel,
  type Window2d,
} from '@gradus/core/backend';
import fc from 'fast-check';
import { expect } from 'vitest';
import { planOf, runPlan, type Contents } from './run-plan.js';

const interpreter = new CpuBackend({ generateCode: false });

/** A pooling by the sizes that describe it, of float32 if nothing else is said. */
export interface Pooling {
  readonly images: ImageShape;
  readonly window: Window2d;
  readonly dtype?: DataType;
}

/** Numbers with many ties, of both signs, whose sums are exact; now and then NaN and infinities. */
function numbers(length: number, seed: number, special: boolean): number[] {
  return Array.from({ length }, (_, index) => {
    const draw = Math.imul(index + 1, 2654435761 + 2 * seed) >>> 8;
    if (special && draw % 11 === 0) return [NaN, Infinity, -Infinity][draw % 3]!;
    return (draw % 9) - 4 || 0.5;
  });
}

function placesOf({ images, window }: Pooling): ImageShape {
  const { kernel, stride, dilation, padding } = window;
  const along = (axis: 0 | 1, around: number): number =>
    Math.floor(
      (images[2 + axis]! + around - dilation[axis] * (kernel[axis] - 1) - 1) / stride[axis],
    ) + 1;
  const { top, bottom, left, right } = padding;
  return [images[0], images[1], along(0, top + bottom), along(1, left + right)];
}

/** `reduced(0)` in the midst of what depends on every coordinate and on memory. */
function epilogue(dtype: DataType, shape: ImageShape): Expression {
  const integer = (value: number): Expression => ({ op: 'constant', dtype: 'int32', value });
  const index = stridesOf(shape)
    .map((stride, axis): Expression => {
      const coordinate: Expression = { op: 'index', dtype: 'int32', axis };
      return { op: 'mul', dtype: 'int32', inputs: [coordinate, integer(stride)] };
    })
    .reduce((sum, term): Expression => ({ op: 'add', dtype: 'int32', inputs: [sum, term] }));
  const load: Expression = { op: 'load', dtype, buffer: 2, index };
  const here: Expression = { op: 'cast', dtype, inputs: [index] };
  const reduced: Expression = { op: 'reduced', dtype, position: 0 };
  const scaled: Expression = { op: 'mul', dtype, inputs: [load, here] };
  return { op: 'add', dtype, inputs: [reduced, scaled] };
}

type Kernel = Pool2dKernel | Unpool2dKernel;

/** What the kernel of a backend gives, and what the interpreter gives. */
async function both(
  backend: Backend,
  kernel: Kernel,
  first: Contents,
  second: Contents,
): Promise<{ own: number[]; expected: number[] }> {
  const { dtype } = kernel.outputs[0]!.value;
  const length = sizeOf(kernel.shape);
  const inputs = [first, second, { dtype, length, values: numbers(length, 5, false) }];
  const plan = planOf(inputs, [{ dtype, length }], [kernel]);
  const [own] = await runPlan(backend, plan, inputs);
  const [expected] = await runPlan(interpreter, plan, inputs);
  return { own: own!, expected: expected! };
}

/** Expects a backend to pool, and to send back, exactly as the interpreter does. */
export async function expectPooling(backend: Backend, pooling: Pooling): Promise<void> {
  const { images, window, dtype = 'float32' } = pooling;
  const pooled = placesOf(pooling);
  const [many, few] = [sizeOf(images), sizeOf(pooled)];
  const isFloat = dtype === 'float32';
  const whole = (values: number[]): number[] => (isFloat ? values : values.map((each) => each | 0));
  const pixels = (special: boolean): Contents => ({
    ...{ dtype, length: many, values: whole(numbers(many, 1, special && isFloat)) },
  });
  const pool = async (
    operation: Pool2dKernel['operation'],
    elements: Contents,
    maxima: readonly number[] = [],
  ): Promise<number[]> => {
    const isPosition = operation === 'position';
    const result = isPosition ? 'int32' : dtype;
    const kernel: Pool2dKernel = {
      ...{ kind: 'pool2d', name: operation, dtype, operation, images, window, buffer: 0 },
      ...(isPosition ? { maxima: 1 } : {}),
      shape: pooled,
      outputs: [{ buffer: 3, value: epilogue(result, pooled) }],
    };
    const second = { dtype, length: few, values: maxima };
    const { own, expected } = await both(backend, kernel, elements, second);
    expect(own).toEqual(expected);
    // Without the epilogue, for who needs the result itself.
    const bare = { ...kernel, outputs: [{ buffer: 3, value: bareResult(result) }] };
    const results = await both(backend, bare, elements, second);
    expect(results.own).toEqual(results.expected);
    return results.own;
  };
  await pool('sum', pixels(false));
  const maxima = await pool('max', pixels(true));
  const positions = await pool('position', pixels(true), maxima);
  for (const named of [false, true]) {
    const kernel: Unpool2dKernel = {
      ...{ kind: 'unpool2d', name: 'unpool', dtype, pooled, window, buffer: 0 },
      ...(named ? { positions: 1 } : {}),
      shape: images,
      outputs: [{ buffer: 3, value: epilogue(dtype, images) }],
    };
    const values = { dtype, length: few, values: whole(numbers(few, 2, false)) };
    const places = { dtype: 'int32', length: few, values: positions } as const;
    const { own, expected } = await both(backend, kernel, values, places);
    expect(own).toEqual(expected);
  }
}

function bareResult(dtype: DataType): Expression {
  return { op: 'reduced', dtype, position: 0 };
}

const pooling = (
  images: ImageShape,
  kernel: number,
  stride: number,
  options: {
    readonly padding?: number;
    readonly dilation?: number;
    readonly dtype?: DataType;
  } = {},
): Pooling => {
  const { padding = 0, dilation = 1, dtype = 'float32' } = options;
  return {
    images,
    window: {
      kernel: [kernel, kernel],
      stride: [stride, stride],
      dilation: [dilation, dilation],
      padding: { top: padding, bottom: padding, left: padding, right: padding },
    },
    dtype,
  };
};

/** Poolings that are cut up in different ways. */
export const poolings: Readonly<Record<string, Pooling>> = {
  'tiles, in lines of a vector and a rest': pooling([3, 8, 12, 14], 2, 2),
  'tiles that leave a rest': pooling([2, 3, 9, 11], 2, 2),
  'tiles of three, which no vector is a multiple of': pooling([2, 3, 27, 30], 3, 3),
  'tiles of four': pooling([9, 1, 16, 20], 4, 4),
  'tiles of five': pooling([2, 2, 15, 26], 5, 5),
  'overlapping windows that padding cuts off': pooling([2, 3, 20, 21], 3, 2, { padding: 1 }),
  'windows at every element': pooling([2, 3, 13, 14], 3, 1, { padding: 1 }),
  'windows with gaps between them': pooling([1, 2, 23, 30], 2, 5),
  'windows with holes': pooling([1, 2, 19, 22], 3, 2, { dilation: 2, padding: 2 }),
  'windows too large to be written out': pooling([1, 2, 26, 27], 25, 1),
  'one large image, shared out by rows': pooling([1, 2, 64, 33], 2, 2),
  'no images': pooling([0, 2, 6, 6], 2, 2),
  int32: pooling([2, 2, 9, 9], 3, 2, { padding: 1, dtype: 'int32' }),
  uint8: pooling([2, 2, 9, 9], 2, 2, { dtype: 'uint8' }),
};

/** Small poolings of any shape. */
export const anyPooling = fc
  .record({
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    dilation: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    padding: fc.tuple(...[0, 1, 2, 3].map(() => fc.double({ min: 0, max: 1, noNaN: true }))),
    extra: fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 22 })),
  })
  .map(({ kernel, stride, dilation, padding, extra }): Pooling => {
    const reach = ([0, 1] as const).map((axis) => (kernel[axis] - 1) * dilation[axis]);
    const [top, bottom, left, right] = padding.map((part, side) =>
      Math.round(part * reach[side < 2 ? 0 : 1]!),
    ) as [number, number, number, number];
    const sides = { top, bottom, left, right };
    const images = [2, 2, reach[0]! + 1 + extra[0], reach[1]! + 1 + extra[1]] as const;
    return { images, window: { kernel, stride, dilation, padding: sides } };
  });
