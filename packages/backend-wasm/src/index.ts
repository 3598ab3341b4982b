import { Device } from '@gradus/core/backend';
import { WasmBackend, type WasmOptions } from './backend.js';

export type { WasmOptions } from './backend.js';

/**
 * A device that computes in WebAssembly, in Node and in browsers.
 *
 * @param options How it uses the machine; the defaults suit every page.
 */
export function wasm(options?: WasmOptions): Device {
  return new Device(new WasmBackend(options));
}
