/** The page of `ended-worker.test.ts`: computes once with a worker that ends when it shall run. */
import { wasm } from '@gradus/backend-wasm';
import { tensor } from '@gradus/core';

async function codes(): Promise<unknown> {
  const device = await wasm({ threads: 2, worker: '/mortal.js' });
  const result = (await tensor([1, 2, 3]).to(device)).mul(2).data();
  const code = await result.then(
    () => 'computed',
    (error: unknown) => (error as { code: string }).code,
  );
  return { synchronous: device.capabilities.synchronous, code };
}

Object.assign(globalThis, { codes: codes() });
