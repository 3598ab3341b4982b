import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { backendsOfThreads } from '../support/backends.js';
import {
  bothResults,
  largestDifference,
  passes,
  type Convolution,
} from '../support/convolution.js';

const backends = await backendsOfThreads();

afterAll(() => Object.values(backends).forEach((backend) => backend.dispose()));

const small = fc
  .record({
    count: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    groupInputs: fc.integer({ min: 1, max: 5 }),
    groupOutputs: fc.integer({ min: 1, max: 13 }),
    size: fc.tuple(fc.integer({ min: 1, max: 14 }), fc.integer({ min: 1, max: 14 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    dilation: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    padding: fc.record({
      top: fc.integer({ min: 0, max: 6 }),
      bottom: fc.integer({ min: 0, max: 6 }),
      left: fc.integer({ min: 0, max: 6 }),
      right: fc.integer({ min: 0, max: 6 }),
    }),
  })
  .filter(({ size, kernel, dilation, padding }) => {
    const fits = (axis: 0 | 1, around: number): boolean =>
      size[axis] + around >= dilation[axis] * (kernel[axis] - 1) + 1;
    return fits(0, padding.top + padding.bottom) && fits(1, padding.left + padding.right);
  })
  .map(
    ({ count, groups, groupInputs, groupOutputs, size, kernel, stride, dilation, padding }) =>
      ({
        images: [count, groups * groupInputs, ...size],
        outputs: groups * groupOutputs,
        window: { kernel, stride, dilation, padding, groups },
      }) satisfies Convolution,
  );

const convolution = (
  images: Convolution['images'],
  outputs: number,
  kernel: number,
  { stride = 1, padding = 0, groups = 1 } = {},
): Convolution => ({
  images,
  outputs,
  window: {
    kernel: [kernel, kernel],
    stride: [stride, stride],
    dilation: [1, 1],
    padding: { top: padding, bottom: padding, left: padding, right: padding },
    groups,
  },
});

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

const depthwise = small.map(({ images: [count, channels, ...size], window }) => ({
  images: [count, channels, ...size] as Convolution['images'],
  outputs: channels,
  window: { ...window, groups: channels },
}));

describe.each(passes)('%s', (pass) => {
  it('of each channel by itself', async () => {
    await fc.assert(
      fc.asyncProperty(depthwise, async (given) => {
        const { own, expected } = await bothResults(backends['one thread'], pass, given);
        expect(largestDifference(own, expected)).toBeLessThan(1e-4);
      }),
      { numRuns: 30 },
    );
  });

  it('is the sum of products that it stands for', async () => {
    await fc.assert(
      fc.asyncProperty(small, async (given) => {
        const { own, expected } = await bothResults(backends['one thread'], pass, given);
        expect(largestDifference(own, expected)).toBeLessThan(1e-4);
      }),
      { numRuns: 60 },
    );
  });

  describe.each(Object.entries(backends))('with %s', (_, backend) => {
    it.each(Object.entries(large))('of %s', async (_name, given) => {
      const { own, expected } = await bothResults(backend, pass, given);
      const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largestDifference(own, expected)).toBeLessThan(1e-5 * largest);
    });
  });
});
