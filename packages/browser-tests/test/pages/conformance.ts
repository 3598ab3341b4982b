/**
 * The page of the conformance tests: defines the suite's cases, and runs them when asked. Its
 * address says on which device: `sync`, or `threads=2`; `plain` is without relaxed SIMD.
 */
import { wasm, wasmSync } from '@gradus/backend-wasm';
import { backendSuite } from '@gradus/conformance';
import type { Device } from '@gradus/core';
import type { Plan } from '@gradus/core/backend';
import type { ConformanceCase, ConformancePage } from '../support/conformance-page.js';

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

async function definePage(): Promise<ConformancePage> {
  const cases: ConformanceCase[] = [];
  const bodies: (() => Promise<void>)[] = [];
  const path: string[] = [];
  const describe = (name: string, define: () => void): void => {
    path.push(name);
    define();
    path.pop();
  };
  const it = (name: string, body: () => Promise<void>): void => {
    cases.push({ path: [...path, name], body: bodies.push(body) - 1 });
  };
  const skip = (name: string): void => {
    cases.push({ path: [...path, name], body: undefined });
  };
  await backendSuite({ describe, it: Object.assign(it, { skip }) }, { name: 'wasm', createDevice });

  const device = await createDevice();
  const { synchronous, threads, description = '' } = device.capabilities;
  const executable = await device.backend.compile(exponential);
  const fused = executable.source!().join('').includes('relaxed_madd');
  device.dispose();
  return { cases, mode: { synchronous, threads, description, fused }, run: (at) => bodies[at]!() };
}

Object.assign(globalThis, { conformance: definePage() });
