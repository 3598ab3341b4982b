import { cpu } from '@gradus/backend-cpu';
import { wasm, whyNoWasm, type WasmOptions } from '@gradus/backend-wasm';
import { WebGpuBackend } from '@gradus/backend-webgpu';
import { Device } from '@gradus/core';

/** A device, and why it was chosen. */
export interface AutoDevice {
  readonly device: Device;
  /** For people: what was tried, and what decided. */
  readonly reason: string;
}

/** What can be asked of the device, whichever it will be. */
export type AutoDeviceOptions = Pick<WasmOptions, 'threads' | 'profile'>;

/**
 * The fastest device that works here: a GPU where the page offers one by WebGPU, else WebAssembly, if
 * it has SIMD and may be compiled, else plain JavaScript, which works everywhere. Node, which has
 * WebGPU by a package of its own only, is asked for it by name: `await webgpu()`. Rejects with a
 * `DeviceError` for options out of range.
 */
export async function autoDevice(options: AutoDeviceOptions = {}): Promise<AutoDevice> {
  const gpu = options.threads === undefined ? await openGpu(options) : undefined;
  if (gpu !== undefined) return gpu;
  const obstacle = whyNoWasm();
  return obstacle === undefined
    ? { device: await wasm(options), reason: 'WebAssembly with 128-bit SIMD works here' }
    : {
        device: cpu({ profile: options.profile }),
        reason: `plain JavaScript works everywhere, but ${obstacle}`,
      };
}

/** A GPU, if there is one that is no program on the processor. */
async function openGpu({ profile }: AutoDeviceOptions): Promise<AutoDevice | undefined> {
  if ((globalThis as { navigator?: { gpu?: unknown } }).navigator?.gpu === undefined) return;
  try {
    const backend = await WebGpuBackend.create({ profile });
    const { name, software } = backend.adapter;
    if (!software) return { device: new Device(backend), reason: `WebGPU has a GPU here: ${name}` };
    backend.dispose();
  } catch {
    // What keeps it from working is told to those who ask for it by name.
  }
  return undefined;
}
