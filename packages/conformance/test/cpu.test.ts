import { cpu } from '@gradus/backend-cpu';
import { afterAll, describe, it } from 'vitest';
import { backendSuite } from '../src/index.js';
await backendSuite({ describe, it, after: afterAll }, { createDevice: () => cpu({ generateCode: true }), name: 'x' });
