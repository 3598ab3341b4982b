import {
  anyConvolution,
  convolution,
  errorOf,
  passes,
  type Convolution,
} from '@gradus/kernel-tests/convolution';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeOnBackend } from '../support/gpu.js';

/** Of sums of float32 that are added up in any order. */
const tolerance = 3e-6;

const cases: Readonly<Record<string, Convolution>> = {
  'one element': convolution([1, 1, 1, 1], 1, 1),
  'a kernel of one element': convolution([2, 16, 9, 8], 24, 1),
  'a kernel of one element, by strides': convolution([2, 5, 9, 8], 7, 1, { stride: 2 }),
  'a kernel larger than the image': convolution([3, 2, 3, 2], 5, 7, { padding: 3 }),
  'one channel': convolution([4, 1, 28, 28], 24, 5),
  'sizes that are primes': convolution([3, 7, 13, 17], 11, 3, { padding: 1 }),
  'more channels than a tile has rows': convolution([2, 40, 9, 9], 150, 3, { padding: 1 }),
  'strides that divide the kernel': convolution([3, 8, 14, 14], 12, 4, { stride: 2, padding: 1 }),
  'strides that do not': convolution([3, 8, 14, 15], 12, 5, { stride: 3, padding: 2 }),
  'strides larger than the kernel': convolution([2, 3, 17, 19], 6, 2, { stride: 5 }),
  'strides and holes with a common divisor': convolution([2, 3, 21, 19], 6, 3, {
    ...{ stride: 4, dilation: 6, padding: 5 },
  }),
  'strides and holes without one': convolution([2, 3, 21, 19], 6, 3, {
    ...{ stride: 3, dilation: 2, padding: 4 },
  }),
  'groups of many channels': convolution([2, 40, 8, 8], 60, 3, { groups: 2 }),
  'every channel by itself': convolution([2, 24, 15, 14], 24, 3, { padding: 1, groups: 24 }),
  'two filters for every channel': convolution([2, 5, 9, 9], 10, 3, { stride: 2, groups: 5 }),
  'more places than a product does without parts': convolution([40, 2, 16, 16], 3, 3),
};

await describeOnBackend('convolutions', (backend) => {
  describe.each(passes)('%s', (pass) => {
    it.each(Object.entries(cases))('of %s', async (_, given) => {
      expect(await errorOf(backend, pass, given)).toBeLessThan(tolerance);
    });

    it('of no images', async () => {
      const given = convolution([0, 3, 8, 8], 4, 3);
      expect(await errorOf(backend, pass, given)).toBeLessThan(tolerance);
    });

    it('of any size', async () => {
      await fc.assert(
        fc.asyncProperty(anyConvolution, async (given) => {
          expect(await errorOf(backend, pass, given)).toBeLessThan(tolerance);
        }),
        { numRuns: 15 },
      );
    });
  });
});
