import { backendSuite } from '@gradus/conformance';
import { afterAll, describe, it } from 'vitest';
import { webgpu } from '../../src/index.js';
import { describeOnGpu } from '../support/gpu.js';

await describeOnGpu('conformance in Node', () =>
  backendSuite({ describe, it, after: afterAll }, { name: 'webgpu', createDevice: () => webgpu() }),
);
