import { WasmBackend } from '../../src/backend.js';
import { completeLibrary } from '../../src/codegen/complete-library.js';
import { buildPackage } from './package.js';

/** A backend that computes by itself, and one whose work threads share, in uneven parts. */
export async function backendsOfThreads() {
  const { worker } = await buildPackage();
  return {
    'one thread': WasmBackend.createSync(completeLibrary),
    'three threads': await WasmBackend.create({ threads: 3, worker }),
  };
}
