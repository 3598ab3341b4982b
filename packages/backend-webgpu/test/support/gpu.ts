import { afterAll, describe } from 'vitest';
import { WebGpuBackend } from '../../src/backend.js';

/** A backend on the adapter of this machine; `undefined` where there is none and none is required. */
export async function findGpu(): Promise<WebGpuBackend | undefined> {
  try {
    return await WebGpuBackend.create();
  } catch (error) {
    if (process.env['CI'] !== undefined) throw error;
    return undefined;
  }
}

/** Describes what needs a GPU; skipped where there is none. */
export async function describeOnGpu(
  name: string,
  build: (backend: WebGpuBackend) => void,
): Promise<void> {
  const backend = await findGpu();
  describe.skipIf(backend === undefined)(name, () => {
    afterAll(() => backend?.dispose());
    build(backend!);
  });
}
