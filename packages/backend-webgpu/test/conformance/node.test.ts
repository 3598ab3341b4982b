import { backendSuite } from '@gradus/conformance';
import { afterAll, describe, it } from 'vitest';
import { webgpu } from '../../src/index.js';
import { describeOnGpu, findGpu } from '../support/gpu.js';

if ((await findGpu()) === undefined) await describeOnGpu('conformance', () => undefined);
else {
  await backendSuite(
    { describe, it, after: afterAll },
    { name: 'webgpu in Node', createDevice: () => webgpu() },
  );
}
