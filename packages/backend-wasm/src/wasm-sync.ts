import { Device } from '@gradus/core/backend';
import { WasmBackend, type WasmSyncOptions } from './backend.js';
import { completeLibrary } from './codegen/complete-library.js';

/**
 * A device of one thread, the calling one, so that `dataSync` and its like work. Throws a
 * `DeviceError` for options that are out of range, and where `whyNoWasm()` says why.
 *
 * @param options How it uses memory, and whether it measures itself.
 */
export function wasmSync(options?: WasmSyncOptions): Device {
  return new Device(WasmBackend.createSync(completeLibrary, options));
}
