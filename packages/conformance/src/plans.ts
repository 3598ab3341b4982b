import {
  allocateTypedArray,
  bytesOf,
  bytesPerElement,
  viewAsTypedArray,
  type Backend,
  type BufferHandle,
  type DataType,
  type Expression,
  type Kernel,
  type Plan,
  type PlanBuffer,
  type ScalarOperation,
  type TypedArray,
} from '@gradus/core/backend';

/** Expressions written by hand, as a planner would emit them. */
export const expression = {
  constant: (value: number, dtype: DataType = 'int32'): Expression => ({
    op: 'constant',
    dtype,
    value,
  }),
  scalar: (position: number, dtype: DataType = 'float32'): Expression => ({
    op: 'scalar',
    dtype,
    position,
  }),
  index: (axis: number): Expression => ({ op: 'index', dtype: 'int32', axis }),
  reduced: (position: number, dtype: DataType = 'float32'): Expression => ({
    op: 'reduced',
    dtype,
    position,
  }),
  load: (
    buffer: number,
    index: Expression,
    dtype: DataType = 'float32',
    mask?: Expression,
  ): Expression => ({
    op: 'load',
    dtype,
    buffer,
    index,
    ...(mask === undefined ? {} : { mask }),
  }),
  apply: (op: ScalarOperation, dtype: DataType, ...inputs: readonly Expression[]): Expression => ({
    op,
    dtype,
    inputs,
  }),
};

/** The buffers of a plan by role: inputs and outputs are positioned in the order given. */
export function planBuffers(
  inputs: readonly {
    readonly dtype?: DataType;
    readonly length: number;
    readonly written?: boolean;
  }[],
  outputs: readonly { readonly dtype?: DataType; readonly length: number }[] = [],
  temporaries: readonly { readonly length: number; readonly byteOffset: number }[] = [],
): PlanBuffer[] {
  return [
    ...inputs.map(({ dtype = 'float32', length, written = false }, position): PlanBuffer => ({
      role: 'input',
      dtype,
      length,
      position,
      written,
    })),
    ...outputs.map(({ dtype = 'float32', length }, position): PlanBuffer => ({
      role: 'output',
      dtype,
      length,
      position,
    })),
    ...temporaries.map((each): PlanBuffer => ({ role: 'temporary', dtype: 'float32', ...each })),
  ];
}

/** A plan of a few kernels. */
export function plan(
  buffers: readonly PlanBuffer[],
  kernels: readonly Kernel[],
  rest: Partial<Pick<Plan, 'scalars' | 'arenaByteLength'>> = {},
): Plan {
  return { buffers, kernels, scalars: [], arenaByteLength: 0, ...rest };
}

/** A new buffer that holds `values`. */
export function upload(backend: Backend, values: TypedArray): BufferHandle {
  const buffer = backend.allocate(values.byteLength);
  backend.write(buffer, bytesOf(values));
  return buffer;
}

/** The first `length` elements of a buffer. */
export async function download(
  backend: Backend,
  buffer: BufferHandle,
  length: number,
  dtype: DataType = 'float32',
): Promise<number[]> {
  const bytes = await backend.read(buffer, length * bytesPerElement(dtype));
  return Array.from(viewAsTypedArray(dtype, bytes));
}

/**
 * Compiles a plan, runs it once and reads every output and every input that it writes. Outputs
 * hold other numbers before, as memory does.
 */
export async function runPlan(
  backend: Backend,
  compiled: Plan,
  inputs: readonly TypedArray[],
  scalars: readonly number[] = [],
): Promise<{ readonly outputs: number[][]; readonly written: number[][] }> {
  const executable = await backend.compile(compiled);
  const inputHandles = inputs.map((values) => upload(backend, values));
  const results = compiled.buffers.filter(({ role }) => role === 'output');
  const outputHandles = results.map(({ dtype, length }) =>
    upload(backend, allocateTypedArray(dtype, length).fill(1)),
  );
  await executable.run(inputHandles, outputHandles, Float64Array.from(scalars));
  const outputs = await Promise.all(
    results.map(({ dtype, length }, index) =>
      download(backend, outputHandles[index]!, length, dtype),
    ),
  );
  const written = await Promise.all(
    compiled.buffers
      .filter((buffer) => buffer.role === 'input' && buffer.written)
      .map(({ dtype, length }, index) => download(backend, inputHandles[index]!, length, dtype)),
  );
  for (const handle of [...inputHandles, ...outputHandles]) backend.free(handle);
  executable.dispose();
  return { outputs, written };
}
