import { describeWith } from '@gradus/tooling/describe-with';
import { afterAll } from 'vitest';
import { create } from 'webgpu';
import { WebGpuBackend } from '../../src/backend.js';

let found: Promise<GPU> | undefined;

/** The WebGPU of this process, one for all tests of a file. Rejects where it has no adapter. */
async function findGpu(): Promise<GPU> {
  const gpu = create([]);
  if ((await gpu.requestAdapter()) !== null) return gpu;
  throw new Error('no WebGPU adapter; VK_ICD_FILENAMES may name that of SwiftShader');
}

/**
 * Tests that need an adapter.
 *
 * @param define Defines the tests; called only where there is an adapter.
 */
export function describeOnGpu(
  name: string,
  define: (gpu: GPU) => void | Promise<void>,
): Promise<void> {
  return describeWith(name, () => (found ??= findGpu()), define);
}

/**
 * The same for tests of a backend, which they share.
 *
 * @param define Defines the tests; called only where there is an adapter.
 */
export function describeOnBackend(
  name: string,
  define: (backend: WebGpuBackend) => void,
): Promise<void> {
  return describeWith(
    name,
    () => WebGpuBackend.create(),
    (backend) => {
      afterAll(() => backend.dispose());
      define(backend);
    },
  );
}
