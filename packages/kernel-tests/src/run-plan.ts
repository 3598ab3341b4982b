import {
  allocateTypedArray,
  bytesOf,
  bytesPerElement,
  viewAsTypedArray,
  type Backend,
  type DataType,
  type Kernel,
  type Plan,
  type TypedArray,
} from '@gradus/core/backend';

/** The contents of a buffer, or what it has room for. */
export interface Contents {
  readonly dtype: DataType;
  readonly length: number;
  readonly values?: readonly number[];
}

/** A plan of some kernels, whose buffers are inputs first, then outputs. */
export function planOf(
  inputs: readonly Contents[],
  outputs: readonly Contents[],
  kernels: readonly Kernel[],
  scalars: readonly DataType[] = [],
): Plan {
  return {
    buffers: [
      ...inputs.map(({ dtype, length }, position) => ({
        ...({ role: 'input', dtype, length, position, written: false } as const),
      })),
      ...outputs.map(({ dtype, length }, position) => ({
        ...({ role: 'output', dtype, length, position } as const),
      })),
    ],
    scalars,
    arenaByteLength: 0,
    kernels,
  };
}

/** The outputs of a plan, whose memory is full of other numbers before. */
export async function runPlan(
  backend: Backend,
  plan: Plan,
  inputs: readonly Contents[],
  scalars: readonly number[] = [],
): Promise<number[][]> {
  const upload = (array: TypedArray) => {
    const handle = backend.allocate(array.byteLength);
    backend.write(handle, bytesOf(array));
    return handle;
  };
  const executable = await backend.compile(plan);
  const given = inputs.map(({ dtype, length, values = [] }) => {
    const array = allocateTypedArray(dtype, length);
    array.set(values);
    return upload(array);
  });
  const outputs = plan.buffers.filter(({ role }) => role === 'output');
  const results = outputs.map(({ dtype, length }) =>
    upload(allocateTypedArray(dtype, length).fill(7)),
  );
  await executable.run(given, results, Float64Array.from(scalars));
  const contents = await Promise.all(
    outputs.map(async ({ dtype, length }, position) => {
      const bytes = await backend.read(results[position]!, length * bytesPerElement(dtype));
      return [...viewAsTypedArray(dtype, bytes)];
    }),
  );
  for (const handle of [...given, ...results]) backend.free(handle);
  executable.dispose();
  return contents;
}
