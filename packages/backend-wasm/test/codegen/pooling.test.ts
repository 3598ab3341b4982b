import { anyPooling, expectPooling, poolings } from '@gradus/kernel-tests/pooling';
import fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
import { backendsOfThreads } from '../support/backends.js';

const backends = await backendsOfThreads();

afterAll(() => Object.values(backends).forEach((backend) => backend.dispose()));

describe.each(Object.entries(backends))('pooling with %s', (_, backend) => {
  it.each(Object.entries(poolings))('%s', (_name, given) => expectPooling(backend, given));
});

it('pools by any window as the interpreter does', async () => {
  await fc.assert(
    fc.asyncProperty(anyPooling, (given) => expectPooling(backends['one thread'], given)),
    { numRuns: 60 },
  );
});
