import {
  DeviceError,
  viewAsTypedArray,
  type Backend,
  type Expression,
  type Plan,
} from '@gradus/core/backend';
import type { AdapterDescription } from './adapter-description.js';

const index = (axis: number): Expression => ({ op: 'index', dtype: 'int32', axis });

const load = (buffer: number, place: Expression): Expression => ({
  op: 'load',
  dtype: 'float32',
  buffer,
  index: place,
});

const reduced = (position: number): Expression => ({ op: 'reduced', dtype: 'float32', position });

const scalar: Expression = { op: 'scalar', dtype: 'float32', position: 0 };

const matrix = { buffer: 1, offset: 0, batchStrides: [], rowStride: 2, columnStride: 1 };

const input = [1, -2, 0, NaN];

/** What each output is for the inputs [1, −2, 0, NaN] and [1, 2, 3, 4] and the scalar 0.5. */
const expected = [[0.5, -0.25, Infinity, NaN], [5], [NaN], [7, 10, 15, 22]];

/** The scalar over the first input, sums and maxima, and a product of matrices. */
const plan: Plan = {
  buffers: [
    { role: 'input', dtype: 'float32', length: 4, position: 0, written: false },
    { role: 'input', dtype: 'float32', length: 4, position: 1, written: false },
    ...expected.map(
      ({ length }, position) => ({ role: 'output', dtype: 'float32', length, position }) as const,
    ),
  ],
  scalars: ['float32'],
  arenaByteLength: 0,
  kernels: [
    {
      kind: 'map',
      name: 'self-test of maps',
      shape: [4],
      outputs: [
        {
          buffer: 2,
          value: { op: 'div', dtype: 'float32', inputs: [scalar, load(0, index(0))] },
        },
      ],
    },
    {
      kind: 'reduce',
      name: 'self-test of reductions',
      shape: [1],
      reduceShape: [4],
      reductions: [
        {
          operation: 'sum',
          dtype: 'float32',
          value: { op: 'mul', dtype: 'float32', inputs: [scalar, load(1, index(1))] },
        },
        { operation: 'max', dtype: 'float32', value: load(0, index(1)) },
      ],
      outputs: [
        { buffer: 3, value: reduced(0) },
        { buffer: 4, value: reduced(1) },
      ],
    },
    {
      kind: 'matMul',
      name: 'self-test of products',
      dtype: 'float32',
      shape: [2, 2],
      depth: 2,
      left: matrix,
      right: matrix,
      outputs: [{ buffer: 5, value: reduced(0) }],
    },
  ],
};

/** Computes a plan of which the results are known. Rejects with a `DeviceError` if they are others. */
export async function selfTest(
  backend: Backend & { readonly adapter: AdapterDescription },
): Promise<void> {
  const executable = await backend.compile(plan);
  const inputs = [input, [1, 2, 3, 4]].map((values) => {
    const handle = backend.allocate(16);
    backend.write(handle, new Uint8Array(Float32Array.from(values).buffer));
    return handle;
  });
  const outputs = expected.map(({ length }) => backend.allocate(4 * length));
  await executable.run(inputs, outputs, Float64Array.of(0.5));
  const results = await Promise.all(
    outputs.map((handle, position) => backend.read(handle, 4 * expected[position]!.length)),
  );
  results.forEach((bytes, position) => {
    const found = [...viewAsTypedArray('float32', bytes)];
    const wanted = expected[position]!;
    if (wanted.every((value, place) => Object.is(value, found[place]))) return;
    throw new DeviceError(
      `webgpu: ${backend.adapter.name} computes wrongly: a small test gave [${found.join(', ')}] ` +
        `instead of [${wanted.join(', ')}]. Update its driver, or compute on another device; ` +
        'webgpu({ selfTest: false }) uses it all the same.',
    );
  });
  executable.dispose();
  for (const handle of [...inputs, ...outputs]) backend.free(handle);
}
