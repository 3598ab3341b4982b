import {
  sizeOf,
  type Conv2dKernel,
  type DataType,
  type Expression,
  type ImageShape,
  type Window2d,
} from '@gradus/core/backend';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { index, load, operation, planOf, reduced, strided } from './support/build.js';
import { evaluateAt, pointsOf } from './support/reference.js';
import { modes, runPlan } from './support/run.js';
import {
  anyWindow,
  exactNumbers,
  placesOf,
  positionIn,
  sights,
  windowOf,
} from './support/windows.js';

const passes = ['forward', 'inputGradient', 'filterGradient'] as const;

interface Case {
  readonly pass: Conv2dKernel['pass'];
  /** Images, their size, and the channels of the images and of the output in each group. */
  readonly count?: number;
  readonly size: readonly [number, number];
  readonly channels?: number;
  readonly outputs?: number;
  readonly groups?: number;
  readonly window?: Partial<Window2d>;
  readonly dtype?: DataType;
  readonly epilogue?: Expression[];
  /** The numbers of an operand. */
  readonly numbers?: (shape: ImageShape, seed: number) => number[];
}

interface Shapes {
  readonly images: ImageShape;
  readonly filter: ImageShape;
  readonly output: ImageShape;
}

function kernelOf(options: Case): Conv2dKernel {
  const { pass, count = 2, size, channels = 1, outputs = 1, groups = 1 } = options;
  const { dtype = 'float32', epilogue = [reduced(0, dtype)] } = options;
  const window = { ...windowOf(options.window), groups };
  const images: ImageShape = [count, groups * channels, ...size];
  const filter: ImageShape = [groups * outputs, channels, ...window.kernel];
  const output: ImageShape = [count, groups * outputs, ...placesOf(size, window)];
  return {
    kind: 'conv2d',
    name: pass,
    dtype,
    pass,
    images,
    filter,
    output,
    window,
    left: 0,
    right: 1,
    shape: { forward: output, inputGradient: images, filterGradient: filter }[pass],
    outputs: epilogue.map((value, position) => ({ buffer: 3 + position, value })),
  };
}

/** Which shapes the operands and the result of a pass have. */
function sidesOf({ pass, images, filter, output }: Shapes & Pick<Conv2dKernel, 'pass'>) {
  return {
    forward: [images, filter, output],
    inputGradient: [output, filter, images],
    filterGradient: [images, output, filter],
  }[pass] as [left: ImageShape, right: ImageShape, result: ImageShape];
}

/** The definition: every product that there is, added where it belongs. */
function convolve(kernel: Conv2dKernel, left: readonly number[], right: readonly number[]) {
  const { pass, images, filter, output, window } = kernel;
  const [, , result] = sidesOf(kernel);
  const sums = new Array<number>(sizeOf(result)).fill(0);
  const outputsPerGroup = filter[0] / window.groups;
  const seen = [...sights([images[2], images[3]], window)];
  for (let image = 0; image < images[0]; image++) {
    for (let out = 0; out < filter[0]; out++) {
      const first = Math.floor(out / outputsPerGroup) * filter[1];
      for (let channel = 0; channel < filter[1]; channel++) {
        for (const { place, element, at } of seen) {
          const inImages = positionIn(images, image, first + channel, at);
          const inFilter = positionIn(filter, out, channel, element);
          const inOutput = positionIn(output, image, out, place);
          const [a, b, to] = {
            forward: [inImages, inFilter, inOutput],
            inputGradient: [inOutput, inFilter, inImages],
            filterGradient: [inImages, inOutput, inFilter],
          }[pass] as [number, number, number];
          sums[to] = sums[to]! + left[a]! * right[b]!;
        }
      }
    }
  }
  return sums;
}

/** Runs one pass and compares every bit with the definition; buffer 2 holds one number a channel. */
function check(options: Case, generateCode: boolean): void {
  const { dtype = 'float32', numbers = exactNumbers } = options;
  const kernel = kernelOf(options);
  const [left, right, result] = sidesOf(kernel);
  const bias = Array.from({ length: result[1] }, (_, channel) => channel - 2.5);
  const buffers = [numbers(left, 0), numbers(right, 1), bias];
  const plan = planOf(
    [
      ...buffers.map(({ length }) => ({ role: 'input', length, dtype }) as const),
      ...kernel.outputs.map(
        ({ value }) => ({ role: 'output', length: sizeOf(result), dtype: value.dtype }) as const,
      ),
    ],
    [kernel],
  );
  const sums = convolve(kernel, buffers[0]!, buffers[1]!);
  const round = dtype === 'float32' ? Math.fround : (value: number): number => value;
  const expected = kernel.outputs.map(({ value }) =>
    pointsOf(result).map((point, position) =>
      evaluateAt(value, point, { buffers, reduced: [round(sums[position]!)] }),
    ),
  );
  expect(runPlan(plan, buffers, [], generateCode).outputs).toEqual(expected);
}

describe.each(modes)('conv2d with %s', (_, generateCode) => {
  describe.each(passes)('%s', (pass) => {
    it('crosses every border of blocks', () => {
      const kernel = [3, 3] as const;
      check({ pass, size: [4, 300], channels: 2, outputs: 3, window: { kernel } }, generateCode);
      check(
        { pass, count: 1, size: [3, 4], channels: 66, outputs: 66, window: { kernel } },
        generateCode,
      );
      check({ pass, count: 90, size: [5, 6], window: { kernel } }, generateCode);
    });

    it('takes any stride, dilation, padding and groups', () => {
      fc.assert(
        fc.property(
          anyWindow,
          fc.record({
            count: fc.integer({ min: 1, max: 3 }),
            groups: fc.integer({ min: 1, max: 3 }),
            channels: fc.integer({ min: 1, max: 3 }),
            outputs: fc.integer({ min: 1, max: 3 }),
            dtype: fc.constantFrom('float32' as const, 'float64' as const),
          }),
          ({ window, size }, rest) => check({ pass, window, size, ...rest }, generateCode),
        ),
        { numRuns: generateCode ? 60 : 20 },
      );
    });

    it('has channels that see one channel each', () => {
      const window = windowOf({
        kernel: [3, 3],
        stride: [2, 2],
        padding: { top: 1, bottom: 1, left: 1, right: 1 },
      });
      check({ pass, size: [7, 6], groups: 5, window }, generateCode);
      check({ pass, size: [7, 6], groups: 5, outputs: 2, window }, generateCode);
    });

    it('finishes each block with bias, activation, coordinates and several outputs', () => {
      const biased = operation('add', 'float32', reduced(0), load(2, index(1)));
      const epilogue = [
        operation('relu', 'float32', biased),
        operation('cast', 'float32', strided([1000, 100, 10, 1])),
      ];
      const window = windowOf({
        kernel: [3, 2],
        stride: [2, 1],
        padding: { top: 1, bottom: 0, left: 0, right: 1 },
      });
      check({ pass, size: [6, 5], channels: 3, outputs: 2, window, epilogue }, generateCode);
    });

    it('has nothing to do where there is nothing', () => {
      const window = { kernel: [2, 2] } as const;
      check({ pass, count: 0, size: [3, 3], window }, generateCode);
      check({ pass, size: [3, 3], channels: 0, outputs: 2, window }, generateCode);
      check({ pass, size: [3, 3], channels: 2, outputs: 0, window }, generateCode);
    });

    it('multiplies no padding', () => {
      const padding = { top: 1, bottom: 1, left: 1, right: 1 };
      const numbers = (shape: ImageShape): number[] =>
        new Array<number>(sizeOf(shape)).fill(Infinity);
      check({ pass, size: [3, 3], window: { kernel: [3, 3], padding }, numbers }, generateCode);
    });
  });

  it('sums in one order, whatever the blocks', () => {
    const numbers = (shape: ImageShape, seed: number): number[] =>
      Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(i + 100 * seed));
    const common = { dtype: 'float64', numbers, window: { kernel: [3, 3] } } as const;
    check(
      { pass: 'forward', size: [3, 10], channels: 60, outputs: 66, count: 1, ...common },
      generateCode,
    );
    check(
      { pass: 'filterGradient', size: [18, 20], channels: 30, outputs: 2, ...common },
      generateCode,
    );
  });
});
