import { Device } from '@gradus/core/backend';
import { WasmBackend, type WasmOptions } from './backend.js';

export type { WasmSyncOptions, WasmOptions } from './backend.js';
export { wasmSync } from './wasm-sync.js';
export { whyNoWasm } from './why-no-wasm.js';

/**
 * A device that computes in WebAssembly, in Node and in browsers. With more than one thread it
 * works beside the calling one; `capabilities.threads` say how many there are, and why not more.
 * Rejects with a `DeviceError` for options that are out of range, where `whyNoWasm()` says why, and
 * where a bundler is known to have left out the script of the workers.
 *
 * @param options How it uses the machine; the defaults suit Node and every page.
 */
export async function wasm(options?: WasmOptions): Promise<Device> {
  return new Device(await WasmBackend.create(options));
}
