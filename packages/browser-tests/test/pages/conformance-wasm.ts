/**
 * The page of the conformance tests on WASM. Its address says on which device: `sync`, or
 * `threads=2`; `plain` is without relaxed SIMD.
 */
import { wasm, wasmSync } from '@gradus/backend-wasm';
import type { Device } from '@gradus/core';
import type { Plan } from '@gradus/core/backend';
import { offerConformance } from '../support/define-page.js';

const options = new URLSearchParams(location.search);
if (options.has('plain')) denyRelaxedSimd();

/** The backend asks the engine whether it knows `f32x4.relaxed_madd`: this one says no. */
function denyRelaxedSimd(): void {
  const relaxed = '253,133,2,';
  const { validate } = WebAssembly;
  WebAssembly.validate = (bytes) =>
    !(bytes as Uint8Array).join().includes(relaxed) && validate(bytes);
}

async function createDevice(): Promise<Device> {
  if (options.has('sync')) return wasmSync();
  const threads = options.get('threads');
  return wasm(threads === null ? {} : { threads: Number(threads) });
}

/** An exponential, which multiplies and adds. */
const exponential: Plan = {
  buffers: [{ role: 'output', dtype: 'float32', length: 8, position: 0 }],
  scalars: ['float32'],
  arenaByteLength: 0,
  kernels: [
    {
      kind: 'map',
      name: 'exponential',
      shape: [8],
      outputs: [
        {
          buffer: 0,
          value: {
            op: 'exp',
            dtype: 'float32',
            inputs: [{ op: 'scalar', dtype: 'float32', position: 0 }],
          },
        },
      ],
    },
  ],
};

offerConformance({
  name: 'wasm',
  createDevice,
  async inspect({ backend }) {
    const executable = await backend.compile(exponential);
    return { fused: (await executable.source!()).join('').includes('relaxed_madd') };
  },
});
