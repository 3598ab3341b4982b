import { checkGradients, goldenFile, layerSuite } from '@gradus/conformance';
import { ones, tensor, zeros, type Pair, type Tensor } from '@gradus/core';
import { normal, randomKey } from '@gradus/random';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  AvgPool2d,
  Conv2d,
  Flatten,
  MaxPool2d,
  meanSquaredError,
  Sequential,
  type AvgPool2dOptions,
} from '../src/index.js';
import { lossAfter } from './descent.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';
import { counting, runs, valuesOf, windowCases } from './windows.js';

useCpu();

const pool = (options: AvgPool2dOptions, x: Tensor) => numbers(new AvgPool2d(options).forward(x));

describe('forward', () => {
  it('takes the mean of each window, side by side', async () => {
    const output = new AvgPool2d({ kernelSize: 2 }).forward(counting([1, 2, 2, 5]));
    expect(output.shape).toEqual([1, 2, 1, 2]);
    expect(await numbers(output)).toEqual([3, 5, 13, 15]);
  });

  it('moves and dilates as it is told', async () => {
    const x = counting([1, 1, 3, 3]);
    expect(await pool({ kernelSize: 2, stride: 1 }, x)).toEqual([2, 3, 5, 6]);
    expect(await pool({ kernelSize: [1, 3] }, x)).toEqual([1, 4, 7]);
    expect(await pool({ kernelSize: 2, dilation: 2 }, x)).toEqual([4]);
  });

  it('counts padding as zeros, or not at all', async () => {
    const window = { kernelSize: 2, padding: 1 };
    expect(await pool(window, ones([1, 1, 2, 2]))).toEqual([0.25, 0.25, 0.25, 0.25]);
    const without = { ...window, countIncludePad: false };
    expect(await pool(without, counting([1, 1, 2, 2]))).toEqual([0, 1, 2, 3]);
  });

  it('has nothing to do for a batch of none', async () => {
    const output = new AvgPool2d({ kernelSize: 2 }).forward(zeros([0, 3, 4, 4]));
    expect([output.shape, await numbers(output)]).toEqual([[0, 3, 2, 2], []]);
  });
});

it('gives what PyTorch gives', async () => {
  const { cases } = await goldenFile('pool2d');
  const means = cases.filter(({ config }) => config['kind'] === 'avg');
  expect(means.length).toBeGreaterThan(0);
  for (const { config, inputs, outputs } of means) {
    const { kernel, stride, padding } = config as Record<string, Pair>;
    const { data, shape } = inputs['x']!;
    const countIncludePad = config['countIncludePad'] as boolean;
    const layer = new AvgPool2d({ kernelSize: kernel!, stride, padding, countIncludePad });
    const output = layer.forward(tensor(data, { shape }));
    expect(output.shape).toEqual(outputs['y']!.shape);
    expectClose(await numbers(output), outputs['y']!.data);
  }
});

layerSuite(
  { describe, it, after: afterAll },
  {
    create: () =>
      new AvgPool2d({ kernelSize: [3, 2], stride: 2, padding: [1, 0], countIncludePad: false }),
    inputShape: [2, 2, 5, 4],
    outputShape: [2, 2, 3, 2],
    parameters: {},
  },
);

it('has the gradients of central differences whatever its options', async () => {
  const cases = fc.record({ window: windowCases, countIncludePad: fc.boolean() });
  const property = fc.asyncProperty(cases, async ({ window, countIncludePad }) => {
    const layer = new AvgPool2d({ ...window.options, countIncludePad });
    await checkGradients((input) => layer.forward(input), [valuesOf([1, 2, ...window.size])]);
  });
  await fc.assert(property, runs);
});

it('averages noise away, where a maximum picks it', async () => {
  const count = 64;
  const noise = normal(randomKey(1), count * 16);
  const brightness = Array.from({ length: count }, (_, i) => (i % 8) / 8);
  const pixels = noise.map((value, i) => brightness[i >> 4]! + 0.5 * value);
  const images = tensor(pixels, { shape: [count, 1, 4, 4] });
  const targets = tensor(brightness.map((value) => [2 * value - 1]));
  const loss = async (layer: AvgPool2d | MaxPool2d) => {
    const model = new Sequential([
      new Conv2d(1, 1, { kernelSize: 1, random: randomKey(2) }),
      layer,
      new Flatten(),
    ]);
    return lossAfter(100, {
      model,
      rate: 0.2,
      loss: () => meanSquaredError(model.forward(images), targets),
    });
  };
  // What is left is the noise of a mean of 16: 4 · 0.5² / 16, shrunk a little.
  expect(await loss(new AvgPool2d({ kernelSize: 4 }))).toBeLessThan(0.07);
  expect(await loss(new MaxPool2d({ kernelSize: 4 }))).toBeGreaterThan(0.12);
});

describe('errors', () => {
  const layer = new AvgPool2d({ kernelSize: 3 });
  const name = 'AvgPool2d(kernelSize 3×3)';

  it('name the layer, what was expected and what was given', () => {
    const message = `${name}: expected images [n, c, h, w], got [3, 8, 8].`;
    expectError(() => layer.forward(zeros([3, 8, 8])), 'SHAPE', message);
    const small = `${name}: a window of 3 x 3 does not fit an image of 2 x 4`;
    expectError(() => layer.forward(zeros([1, 1, 2, 4])), 'SHAPE', small);
    const dtype = `${name}: expected floating-point input, got uint8; cast it: x.cast('float32').`;
    expectError(() => layer.forward(zeros([1, 1, 4, 4], 'uint8')), 'DTYPE', dtype);
  });

  it.each<[unknown, string]>([
    [
      undefined,
      'AvgPool2d: expected an object of options ({ kernelSize, stride, padding, dilation',
    ],
    [{ kernelSize: 0 }, 'AvgPool2d: kernelSize must be an integer of at least 1'],
    [{ kernelSize: 2, padding: [0, 2] }, 'AvgPool2d: padding must be less than the window (2 x 2)'],
    [{ kernelSize: 2, countIncludePad: 0 }, 'countIncludePad must be true or false, got 0.'],
    [{ kernelSize: 2, countincludepad: true }, "AvgPool2d: unknown option 'countincludepad'"],
  ])('reject the options %j', (options, message) => {
    const make = () => Reflect.construct(AvgPool2d, [options]) as AvgPool2d;
    expectError(make, 'ARGUMENT', message);
  });

  it('are thrown for what does not compile either', () => {
    const make = [
      // @ts-expect-error: a pair has two elements
      () => new AvgPool2d({ kernelSize: [2] }),
      // @ts-expect-error: nor three
      () => new AvgPool2d({ kernelSize: 2, dilation: [1, 1, 1] }),
      // @ts-expect-error: four sides are named
      () => new AvgPool2d({ kernelSize: 2, padding: [1, 1, 1, 1] }),
      // @ts-expect-error: windows have no groups
      () => new AvgPool2d({ kernelSize: 2, groups: 2 }),
    ];
    for (const each of make) expectError(each, 'ARGUMENT', /^AvgPool2d: /);
  });
});

it('says what it is', () => {
  expect(String(new AvgPool2d({ kernelSize: 2 }))).toBe('AvgPool2d(kernelSize 2×2)');
  const padded = new AvgPool2d({ kernelSize: 3, stride: 2, padding: 1, countIncludePad: false });
  expect(String(padded)).toBe(
    'AvgPool2d(kernelSize 3×3, stride 2×2, padding 1×1, countIncludePad false)',
  );
});
