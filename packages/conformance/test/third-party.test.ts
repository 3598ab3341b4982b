import { afterAll, describe, it } from 'vitest';
import { backendSuite } from '../src/index.js';
import { interpreter } from './third-party/backend.js';

await backendSuite({ describe, it, after: afterAll }, { createDevice: interpreter });
