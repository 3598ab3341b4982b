import { CpuBackend } from '@gradus/backend-cpu';
import { lowerKernel } from '@gradus/core/backend';
import { afterAll, describe, it } from 'vitest';
import { backendSuite } from '../src/index.js';
import { delayed, limited } from './support/wrap.js';

const runner = { describe, it, after: afterAll };

await backendSuite(runner, {
  name: 'a device that answers later and keeps results',
  createDevice: () => delayed(new CpuBackend(), { hostMemory: false }),
});
await backendSuite(runner, {
  name: 'a device with four buffers a kernel and float32 only',
  createDevice: () =>
    limited(new CpuBackend(), {
      kernels: ['map', 'reduce', 'scatterAdd'],
      lower: lowerKernel,
      dtypes: ['float32', 'int32', 'uint32', 'uint8', 'bool'],
      multipleOutputs: false,
      maximumBuffersPerKernel: 4,
    }),
});
