import { Device } from '@gradus/core/backend';
import { CpuBackend, type CpuOptions } from './backend.js';

export { CpuBackend, type CpuOptions } from './backend.js';
export type { CpuExecutable } from './executable.js';

/**
 * A device that computes in plain JavaScript, anywhere that JavaScript runs.
 *
 * @param options How kernels are run; the defaults suit every page.
 */
export function cpu(options?: CpuOptions): Device {
  return new Device(new CpuBackend(options));
}
