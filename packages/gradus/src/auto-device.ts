import { cpu } from '@gradus/backend-cpu';
import { wasm, whyNoWasm, type WasmOptions } from '@gradus/backend-wasm';
import type { Device } from '@gradus/core';

/** A device, and why it was chosen. */
export interface AutoDevice {
  readonly device: Device;
  /** For people: what was tried, and what decided. */
  readonly reason: string;
}

/** What can be asked of the device, whichever it will be. */
export type AutoDeviceOptions = Pick<WasmOptions, 'threads' | 'profile'>;

/**
 * The fastest device that works here: WebAssembly, if it has SIMD and may be compiled, else plain
 * JavaScript, which works everywhere. Rejects with a `DeviceError` for options out of range.
 */
export async function autoDevice(options: AutoDeviceOptions = {}): Promise<AutoDevice> {
  const obstacle = whyNoWasm();
  return obstacle === undefined
    ? { device: await wasm(options), reason: 'WebAssembly with 128-bit SIMD works here' }
    : {
        device: cpu({ profile: options.profile }),
        reason: `plain JavaScript works everywhere, but ${obstacle}`,
      };
}
