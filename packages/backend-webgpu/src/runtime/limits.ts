import { DeviceError, type Plan } from '@gradus/core/backend';
import type { Stage } from '../codegen/shader.js';
import { scalarsByteLength } from './scalars.js';

/** Indices are signed integers of 32 bits. */
const maximumElements = 2 ** 31;

/** Throws a `DeviceError`, with the sizes, for a plan that a device of these limits cannot run. */
export function assertFits(
  { maxStorageBuffersPerShaderStage, maxUniformBufferBindingSize }: GPUSupportedLimits,
  { buffers, scalars }: Plan,
  stages: readonly Stage[],
): void {
  const scalarBytes = scalarsByteLength(scalars.length);
  if (scalarBytes > maxUniformBufferBindingSize) {
    throw new DeviceError(
      `The plan has ${scalars.length} run-time scalars, which take ${scalarBytes} bytes, but ` +
        `this adapter's maxUniformBufferBindingSize is ${maxUniformBufferBindingSize}. Put them ` +
        'into a tensor.',
    );
  }
  for (const { length, dtype } of buffers) {
    if (length < maximumElements) continue;
    throw new DeviceError(
      `The plan has a buffer of ${length} elements of ${dtype}, but kernels count elements with ` +
        '32 bits. Use smaller batches.',
    );
  }
  for (const { name, bindings } of stages) {
    if (bindings.length <= maxStorageBuffersPerShaderStage) continue;
    throw new DeviceError(
      `The kernel "${name}" needs ${bindings.length} buffers at once, but this adapter's ` +
        `maxStorageBuffersPerShaderStage is ${maxStorageBuffersPerShaderStage}.`,
    );
  }
}
