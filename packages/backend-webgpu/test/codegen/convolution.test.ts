import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorOf, passes, type Convolution } from '../support/convolution.js';
import { describeOnBackend } from '../support/gpu.js';

/** Of sums of float32 that are added up in any order. */
const tolerance = 3e-6;

const anyConvolution = fc
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

interface Options {
  readonly stride?: number;
  readonly dilation?: number;
  readonly padding?: number;
  readonly groups?: number;
}

const convolution = (
  images: Convolution['images'],
  outputs: number,
  kernel: number,
  { stride = 1, dilation = 1, padding = 0, groups = 1 }: Options = {},
): Convolution => ({
  images,
  outputs,
  window: {
    kernel: [kernel, kernel],
    stride: [stride, stride],
    dilation: [dilation, dilation],
    padding: { top: padding, bottom: padding, left: padding, right: padding },
    groups,
  },
});

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
