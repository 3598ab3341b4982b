import { backendSuite } from '@gradus/conformance';
import { afterAll, describe, it } from 'vitest';
import { wasm } from '../../src/index.js';
import { disableRelaxedSimd } from '../support/features.js';
import { buildPackage } from '../support/package.js';

disableRelaxedSimd();
const { worker } = await buildPackage();

for (const threads of [2, 3]) {
  await backendSuite(
    { describe, it, after: afterAll },
    { name: `wasm, ${threads} threads`, createDevice: () => wasm({ threads, worker }) },
  );
}
