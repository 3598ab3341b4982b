import { resolve } from 'node:path';
import { testReadme } from '@gradus/tooling/snippets';
import { describeOnGpu } from './support/gpu.js';

await describeOnGpu('what the README says', () => {
  testReadme(resolve(import.meta.dirname, '..'));
});
