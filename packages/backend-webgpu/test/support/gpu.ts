import { afterAll, describe, it } from 'vitest';
import { create } from 'webgpu';
import { WebGpuBackend } from '../../src/backend.js';

/** The WebGPU of this process, or why there is none that computes. */
type Found = { readonly gpu: GPU } | { readonly gpu?: undefined; readonly reason: string };

let found: Promise<Found> | undefined;

async function look(): Promise<Found> {
  try {
    const gpu = create([]);
    if ((await gpu.requestAdapter()) !== null) return { gpu };
    return { reason: 'no WebGPU adapter; VK_ICD_FILENAMES may name that of SwiftShader' };
  } catch (error) {
    return { reason: `npm's webgpu does not start: ${String(error)}` };
  }
}

/** The WebGPU of this process, one for all tests of a file, if it has an adapter. */
export async function findGpu(): Promise<GPU | undefined> {
  return (await (found ??= look())).gpu;
}

/**
 * Tests that need an adapter. Without one they are skipped, with the reason in their title; in CI, or
 * where `GRADUS_REQUIRE_WEBGPU` is set, they fail instead.
 *
 * @param define Defines the tests; called only where there is an adapter.
 */
export async function describeOnGpu(name: string, define: (gpu: GPU) => void): Promise<void> {
  const result = await (found ??= look());
  if (result.gpu !== undefined) {
    const { gpu } = result;
    describe(name, () => {
      define(gpu);
    });
  } else if (process.env['CI'] || process.env['GRADUS_REQUIRE_WEBGPU']) {
    it(name, () => Promise.reject(new Error(result.reason)));
  } else it.skip(`${name} (skipped: ${result.reason})`, () => undefined);
}

/**
 * The same for tests of a backend, which they share.
 *
 * @param define Defines the tests; called only where there is an adapter.
 */
export async function describeOnBackend(
  name: string,
  define: (backend: WebGpuBackend) => void,
): Promise<void> {
  const backend = (await findGpu()) === undefined ? undefined : await WebGpuBackend.create();
  await describeOnGpu(name, () => {
    afterAll(() => backend!.dispose());
    define(backend!);
  });
}
