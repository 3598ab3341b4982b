import { backendSuite } from '@gradus/conformance';
import { afterAll, describe, it } from 'vitest';
import { wasmSync } from '../src/index.js';

await backendSuite(
  { describe, it, after: afterAll },
  { name: 'wasm, 1 thread', createDevice: () => wasmSync() },
);
