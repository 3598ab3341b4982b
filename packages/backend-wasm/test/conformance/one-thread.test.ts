import { backendSuite } from '@gradus/conformance';
import { afterAll, describe, it } from 'vitest';
import { wasmSync } from '../../src/index.js';
import { disableRelaxedSimd } from '../support/features.js';

disableRelaxedSimd();
await backendSuite(
  { describe, it, after: afterAll },
  { name: 'wasm, 1 thread', createDevice: () => wasmSync() },
);
