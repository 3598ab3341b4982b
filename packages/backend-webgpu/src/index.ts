import { Device } from '@gradus/core/backend';
import { WebGpuBackend, type WebGpuOptions } from './backend.js';

export { WebGpuBackend, type WebGpuOptions, type WebGpuStatistics } from './backend.js';
export type { AdapterDescription } from './runtime/adapter-description.js';
export type { DeviceChoice } from './runtime/find-device.js';

/**
 * A device that computes on the GPU through WebGPU: in browsers and Deno through their own, in Node
 * through the npm package `webgpu`. Rejects with a `DeviceError` that says what to do where there
 * is none.
 *
 * @param options Which adapter, or a `GPUDevice` to share; the defaults suit every page.
 */
export async function webgpu(options?: WebGpuOptions): Promise<Device> {
  return new Device(await WebGpuBackend.create(options));
}
