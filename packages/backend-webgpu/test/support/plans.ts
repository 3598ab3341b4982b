import type { BufferHandle, Expression, Plan } from '@gradus/core/backend';
import type { WebGpuBackend } from '../../src/backend.js';

const position: Expression = { op: 'index', dtype: 'int32', axis: 0 };

const load = (buffer: number, index = position): Expression => ({
  op: 'load',
  dtype: 'float32',
  buffer,
  index,
});

const add = (...inputs: Expression[]): Expression => ({ op: 'add', dtype: 'float32', inputs });

const scalar: Expression = { op: 'scalar', dtype: 'float32', position: 0 };

/** Adds a scalar to each of `length` elements, by way of a temporary in the arena. */
export function additionPlan(length: number): Plan {
  const map = (buffer: number, value: Expression) =>
    ({ kind: 'map', name: 'addition', shape: [length], outputs: [{ buffer, value }] }) as const;
  return {
    buffers: [
      { role: 'input', dtype: 'float32', length, position: 0, written: false },
      { role: 'output', dtype: 'float32', length, position: 0 },
      { role: 'temporary', dtype: 'float32', length, byteOffset: 0 },
    ],
    scalars: ['float32'],
    arenaByteLength: 4 * length,
    kernels: [map(2, add(load(0), scalar)), map(1, load(2))],
  };
}

/** Adds the second input to the first, in place. */
export function accumulationPlan(length: number): Plan {
  return {
    buffers: [
      { role: 'input', dtype: 'float32', length, position: 0, written: true },
      { role: 'input', dtype: 'float32', length, position: 1, written: false },
    ],
    scalars: [],
    arenaByteLength: 0,
    kernels: [
      {
        kind: 'map',
        name: 'accumulation',
        shape: [length],
        outputs: [{ buffer: 0, value: add(load(0), load(1)) }],
      },
    ],
  };
}

/** Memory full of one number. */
export function filled(backend: WebGpuBackend, length: number, value: number): BufferHandle {
  const handle = backend.allocate(4 * length);
  backend.write(handle, new Uint8Array(new Float32Array(length).fill(value).buffer));
  return handle;
}

/** Which numbers memory holds. */
export async function contents(
  backend: WebGpuBackend,
  handle: BufferHandle,
  length: number,
): Promise<number[]> {
  const bytes = await backend.read(handle, 4 * length);
  return [...new Set(new Float32Array(bytes.buffer))];
}

/** No scalars. */
export const none = new Float64Array();
