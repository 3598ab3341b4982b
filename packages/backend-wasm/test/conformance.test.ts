import { backendSuite } from '@gradus/conformance';
import { afterAll, describe, it } from 'vitest';
import { wasm } from '../src/index.js';

await backendSuite({ describe, it, after: afterAll }, { createDevice: () => wasm() });
