import { cpu } from '@gradus/backend-cpu';
import { afterAll, describe, it } from 'vitest';
import { backendSuite } from '../src/index.js';

const runner = { describe, it, after: afterAll };

await backendSuite(runner, {
  name: 'cpu with generated functions',
  createDevice: () => cpu({ generateCode: true }),
});
await backendSuite(runner, {
  name: 'cpu with closures',
  createDevice: () => cpu({ generateCode: false }),
});
