import { anyPooling, expectPooling, poolings } from '@gradus/kernel-tests/pooling';
import fc from 'fast-check';
import { it } from 'vitest';
import { describeOnBackend } from '../support/gpu.js';

await describeOnBackend('pooling', (backend) => {
  it.each(Object.entries(poolings))('%s', (_, given) => expectPooling(backend, given));

  it('by any window as the interpreter does', async () => {
    await fc.assert(
      fc.asyncProperty(anyPooling, (given) => expectPooling(backend, given)),
      { numRuns: 10 },
    );
  });
});
