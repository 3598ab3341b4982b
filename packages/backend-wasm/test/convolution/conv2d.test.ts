import {
  anyConvolution,
  convolution,
  errorOf,
  passes,
  type Convolution,
} from '@gradus/kernel-tests/convolution';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { backendsOfThreads } from '../support/backends.js';

const backends = await backendsOfThreads();

afterAll(() => Object.values(backends).forEach((backend) => backend.dispose()));

/** Of sums of float32 that are added up in any order. */
const tolerance = 1e-5;

/** Each is cut up in another way. */
const large: Readonly<Record<string, Convolution>> = {
  'several bands of an image': convolution([2, 2, 150, 40], 9, 3, { padding: 1 }),
  'bands whose last one is short, by strides': convolution([1, 1, 211, 30], 4, 5, { stride: 3 }),
  'several blocks of channels': convolution([1, 500, 12, 12], 6, 3, { padding: 1 }),
  'several blocks of lanes': convolution([2, 3, 7, 7], 140, 3, { padding: 1 }),
  'a filter too large to be packed once': convolution([1, 270, 5, 5], 140, 3, { padding: 1 }),
  'groups of many channels': convolution([2, 40, 8, 8], 60, 3, { groups: 2 }),
  'many channels by themselves': convolution([2, 24, 21, 30], 24, 3, { padding: 1, groups: 24 }),
  'one image in place': convolution([1, 16, 9, 9], 8, 1),
  'rows wider than any block': convolution([1, 1, 2, 3000], 2, 2),
};

const depthwise = anyConvolution.map(({ images: [count, channels, ...size], window }) => ({
  images: [count, channels, ...size] as Convolution['images'],
  outputs: channels,
  window: { ...window, groups: channels },
}));

describe.each(passes)('%s', (pass) => {
  it.each([
    ['each channel by itself', depthwise, 30],
    ['any size', anyConvolution, 60],
  ] as const)('of %s', async (_, convolutions, numRuns) => {
    await fc.assert(
      fc.asyncProperty(convolutions, async (given) => {
        expect(await errorOf(backends['one thread'], pass, given)).toBeLessThan(tolerance);
      }),
      { numRuns },
    );
  });

  describe.each(Object.entries(backends))('with %s', (_, backend) => {
    it.each(Object.entries(large))('of %s', async (_name, given) => {
      expect(await errorOf(backend, pass, given)).toBeLessThan(tolerance);
    });
  });
});
