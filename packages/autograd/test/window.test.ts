import {
  avgPool2d,
  conv2d,
  conv2dFilterGradient,
  conv2dInputGradient,
  maxPool2d,
  maxPool2dPositions,
  maxUnpool2d,
  ones,
  sumPool2d,
  sumUnpool2d,
  tensor,
  windowPlaces,
  type Convolution2d,
  type Tensor,
  type Window2d,
} from '@gradus/core';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { grad } from '../src/index.js';
import type { windowRules } from '../src/rules/window.js';
import {
  describeRules,
  distinctValuesOf,
  useCpu,
  valuesOf,
  type Differentiable,
  type Example,
} from './support.js';

beforeAll(useCpu);

const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });

/** Windows of every kind, and an image size that they fit. */
const windows: fc.Arbitrary<{ window: Window2d; size: [number, number] }> = fc
  .record({
    kernel: fc.tuple(between(1, 3), between(1, 3)),
    stride: fc.tuple(between(1, 3), between(1, 2)),
    dilation: fc.tuple(between(1, 2), between(1, 2)),
    sides: fc.tuple(between(0, 2), between(0, 2), between(0, 2), between(0, 2)),
    more: fc.tuple(between(0, 2), between(0, 2)),
  })
  .map(({ kernel, stride, dilation, sides, more }) => {
    const spans = kernel.map((extent, axis) => (extent - 1) * dilation[axis]!);
    const least = (side: number, axis: number): number => Math.min(side, spans[axis]!);
    const padding = {
      top: least(sides[0], 0),
      bottom: least(sides[1], 0),
      left: least(sides[2], 1),
      right: least(sides[3], 1),
    };
    const size = spans.map((span, axis) => span + 1 + more[axis]!) as [number, number];
    return { window: { kernel, stride, dilation, padding }, size };
  });

/** A convolution with the shapes of its images, filter and output. */
const convolutions = fc
  .tuple(windows, between(1, 2), between(1, 2), between(1, 2), between(1, 2))
  .map(([{ window, size }, groups, count, perGroup, outputsPerGroup]) => {
    const convolution: Convolution2d = { ...window, groups };
    const outputs = groups * outputsPerGroup;
    return {
      convolution,
      images: [count, groups * perGroup, ...size],
      filter: [outputs, perGroup, ...window.kernel],
      output: [count, outputs, ...windowPlaces(size, window)],
    };
  });

const options = ({ stride, dilation, padding, groups }: Convolution2d): object => ({
  stride,
  dilation,
  padding,
  groups,
});

const pooled = (
  operation: (x: Tensor, window: Window2d, shape: number[]) => Tensor,
  shapeOf: (size: [number, number], window: Window2d) => readonly number[],
): fc.Arbitrary<Example> =>
  windows.chain(({ window, size }) =>
    distinctValuesOf([1, 2, ...shapeOf(size, window)]).map((values) => ({
      operation: (x) => operation(x, window, [1, 2, ...size]),
      inputs: [values],
    })),
  );

const whole = (size: [number, number]): readonly number[] => size;

/** Positions that a pooling could have found: inside of the image wherever the window is. */
function positionsFor(window: Window2d, shape: number[]): Tensor {
  const size = shape[2]! * shape[3]!;
  const values = Float64Array.from({ length: 2 * size }, (_, i) => (i * 7) % (2 * size));
  const images = tensor(values, { shape });
  const { kernel, ...rest } = window;
  return maxPool2dPositions(images, maxPool2d(images, { kernelSize: kernel, ...rest }), window);
}

const examples: Record<Differentiable<typeof windowRules>, fc.Arbitrary<Example>> = {
  conv2d: convolutions.chain(({ convolution, images, filter }) =>
    fc.tuple(valuesOf(images), valuesOf(filter)).map((inputs) => ({
      operation: (x, w) => conv2d(x, w, options(convolution)),
      inputs,
    })),
  ),
  conv2dInputGradient: convolutions.chain(({ convolution, images, filter, output }) =>
    fc.tuple(valuesOf(output), valuesOf(filter)).map((inputs) => ({
      operation: (dy, w) => conv2dInputGradient(dy, w, images, convolution),
      inputs,
    })),
  ),
  conv2dFilterGradient: convolutions.chain(({ convolution, images, filter, output }) =>
    fc.tuple(valuesOf(images), valuesOf(output)).map((inputs) => ({
      operation: (x, dy) => conv2dFilterGradient(x, dy, filter, convolution),
      inputs,
    })),
  ),
  maxPool2d: pooled(
    (x, { kernel, ...window }) => maxPool2d(x, { kernelSize: kernel, ...window }),
    whole,
  ),
  sumPool2d: pooled((x, window) => sumPool2d(x, window), whole),
  sumUnpool2d: pooled((x, window, shape) => sumUnpool2d(x, shape, window), windowPlaces),
  maxUnpool2d: pooled(
    (x, window, shape) => maxUnpool2d(x, positionsFor(window, shape), shape, window),
    windowPlaces,
  ),
};

describeRules(examples);

describe('the figures of the lecture', () => {
  const image = tensor(
    Float64Array.from({ length: 81 }, (_, i) => i),
    { shape: [1, 1, 9, 9] },
  );

  test('a 3 × 3 filter moved by 2 over 9 × 9: its gradient, the bias and the input', async () => {
    const filter = ones([1, 1, 3, 3], 'float64');
    const bias = ones([1], 'float64');
    const output = conv2d(image, filter, { stride: 2 }).add(bias.reshape([1, 1, 1, 1]));
    const gradients = grad(output.sum(), { filter, bias, image });
    expect(await gradients.filter.reshape([3, 3]).toArray()).toEqual([
      [480, 496, 512],
      [624, 640, 656],
      [768, 784, 800],
    ]);
    expect(await gradients.bias.toArray()).toEqual([16]);
    const v = [1, 1, 2, 1, 2, 1, 2, 1, 1];
    expect(await gradients.image.reshape([9, 9]).toArray()).toEqual(
      v.map((row) => v.map((column) => row * column)),
    );
  });

  test('mean and max pooling of [1 3; 2 2]', async () => {
    const x = tensor(
      [
        [
          [
            [1, 3],
            [2, 2],
          ],
        ],
      ],
      { dtype: 'float64' },
    );
    const mean = avgPool2d(x, { kernelSize: 2 });
    const upstream = (value: number) => ({ gradient: tensor([[[[value]]]], { dtype: 'float64' }) });
    expect(await mean.item()).toBe(2);
    expect(await grad(mean, x, upstream(2)).reshape([4]).toArray()).toEqual([0.5, 0.5, 0.5, 0.5]);
    const greatest = maxPool2d(x, { kernelSize: 2 });
    expect(await greatest.item()).toBe(3);
    expect(await grad(greatest, x, upstream(3)).reshape([4]).toArray()).toEqual([0, 3, 0, 0]);
  });

  test('max pooling over negative numbers, ties and padding', async () => {
    const x = tensor(
      [
        [
          [
            [-1, -1],
            [-5, -1],
          ],
        ],
      ],
      { dtype: 'float64' },
    );
    const greatest = maxPool2d(x, { kernelSize: 2, padding: 1, stride: 2 });
    expect(await greatest.reshape([4]).toArray()).toEqual([-1, -1, -5, -1]);
    const whole = maxPool2d(x, { kernelSize: 2 });
    expect(await grad(whole.sum(), x).reshape([4]).toArray()).toEqual([1, 0, 0, 0]);
  });
});
