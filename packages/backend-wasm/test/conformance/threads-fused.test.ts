import { backendSuite } from '@gradus/conformance';
import { afterAll, describe, it } from 'vitest';
import { wasm } from '../../src/index.js';
import { enableRelaxedSimd } from '../support/features.js';
import { buildPackage } from '../support/package.js';

enableRelaxedSimd();
const { worker } = await buildPackage();

await backendSuite(
  { describe, it, after: afterAll },
  { name: 'wasm, 2 threads, fused multiply-add', createDevice: () => wasm({ threads: 2, worker }) },
);
