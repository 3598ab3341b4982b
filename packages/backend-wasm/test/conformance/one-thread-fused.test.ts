import { backendSuite } from '@gradus/conformance';
import { afterAll, describe, it } from 'vitest';
import { wasmSync } from '../../src/index.js';
import { enableRelaxedSimd } from '../support/features.js';

enableRelaxedSimd();
await backendSuite(
  { describe, it, after: afterAll },
  { name: 'wasm, 1 thread, fused multiply-add', createDevice: () => wasmSync() },
);
