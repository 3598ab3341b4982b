import { checkGradients, goldenFile, layerSuite } from '@gradus/conformance';
import { full, tensor, zeros, type Pair, type PoolingOptions, type Tensor } from '@gradus/core';
import { randomKey } from '@gradus/random';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  AvgPool2d,
  Conv2d,
  crossEntropy,
  Dense,
  Flatten,
  MaxPool2d,
  Sequential,
} from '../src/index.js';
import { lossAfter } from './descent.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';
import { bars, counting, runs, valuesOf, windowCases } from './windows.js';

useCpu();

describe('forward', () => {
  it('takes the greatest of each window, side by side', async () => {
    const output = new MaxPool2d({ kernelSize: 2 }).forward(counting([1, 2, 2, 5]));
    expect(output.shape).toEqual([1, 2, 1, 2]);
    expect(await numbers(output)).toEqual([6, 8, 16, 18]);
  });

  it('moves, pads and dilates as it is told', async () => {
    const pool = (options: PoolingOptions, x: Tensor) => numbers(new MaxPool2d(options).forward(x));
    const x = counting([1, 1, 3, 3]);
    expect(await pool({ kernelSize: 2, stride: 1 }, x)).toEqual([4, 5, 7, 8]);
    expect(await pool({ kernelSize: [1, 3] }, x)).toEqual([2, 5, 8]);
    expect(await pool({ kernelSize: 2, dilation: 2 }, x)).toEqual([8]);
    expect(await pool({ kernelSize: 2, padding: 'same' }, x)).toEqual([4, 5, 7, 8]);
    const negative = full([1, 1, 2, 2], -3);
    expect(await pool({ kernelSize: 2, padding: 1 }, negative)).toEqual([-3, -3, -3, -3]);
  });

  it('takes integers and batches of none', async () => {
    const layer = new MaxPool2d({ kernelSize: 2 });
    const integers = layer.forward(
      tensor(
        [
          [
            [
              [1, 7],
              [-2, 3],
            ],
          ],
        ],
        { dtype: 'int32' },
      ),
    );
    expect([integers.dtype, await numbers(integers)]).toEqual(['int32', [7]]);
    expect(layer.forward(zeros([0, 3, 4, 4])).shape).toEqual([0, 3, 2, 2]);
  });
});

it('gives what PyTorch gives', async () => {
  const { cases } = await goldenFile('pool2d');
  const maxima = cases.filter(({ config }) => config['kind'] === 'max');
  expect(maxima.length).toBeGreaterThan(0);
  for (const { config, inputs, outputs } of maxima) {
    const { kernel, stride, padding } = config as Record<string, Pair>;
    const { data, shape } = inputs['x']!;
    const layer = new MaxPool2d({ kernelSize: kernel!, stride, padding });
    const output = layer.forward(tensor(data, { shape }));
    expect(output.shape).toEqual(outputs['y']!.shape);
    expectClose(await numbers(output), outputs['y']!.data);
  }
});

layerSuite(
  { describe, it, after: afterAll },
  {
    create: () => new MaxPool2d({ kernelSize: [3, 2], stride: 2, padding: [1, 0] }),
    inputShape: [2, 2, 5, 4],
    outputShape: [2, 2, 3, 2],
    parameters: {},
  },
);

it('has the gradients of central differences whatever its options', async () => {
  const property = fc.asyncProperty(windowCases, async ({ options, size }) => {
    const layer = new MaxPool2d(options);
    await checkGradients((input) => layer.forward(input), [valuesOf([1, 2, ...size])]);
  });
  await fc.assert(property, runs);
});

it('tells what is anywhere in an image, where a mean cannot', async () => {
  const { images, labels } = bars(8);
  const loss = async (pool: MaxPool2d | AvgPool2d) => {
    const keys = randomKey(3).split(2);
    const filters = new Conv2d(1, 4, { kernelSize: 3, random: keys[0] });
    const model = new Sequential([
      filters,
      pool,
      new Flatten(),
      new Dense(4, 2, { random: keys[1] }),
    ]);
    return lossAfter(100, {
      model,
      rate: 0.5,
      loss: () => crossEntropy(model.forward(images), labels),
    });
  };
  expect(await loss(new MaxPool2d({ kernelSize: 6 }))).toBeLessThan(0.05);
  // ln 2, the loss of guessing: without the maximum everything is linear.
  expect(await loss(new AvgPool2d({ kernelSize: 6 }))).toBeCloseTo(Math.LN2, 3);
});

describe('errors', () => {
  const layer = new MaxPool2d({ kernelSize: 3, stride: 2 });
  const name = 'MaxPool2d(kernelSize 3×3, stride 2×2)';

  it('name the layer, the shape expected and the shape given', () => {
    expectError(
      () => layer.forward(zeros([100, 784])),
      'SHAPE',
      `${name}: expected images [n, c, h, w], got [100, 784].`,
    );
    expectError(
      () => layer.forward(zeros([1, 1, 2, 4])),
      'SHAPE',
      `${name}: a window of 3 x 3 does not fit an image of 2 x 4`,
    );
  });

  it('name the dtype', () => {
    const message = `${name}: expected numbers, got bool.`;
    expectError(() => layer.forward(zeros([1, 1, 4, 4], 'bool')), 'DTYPE', message);
  });

  it.each<[unknown, string]>([
    [
      undefined,
      'MaxPool2d: expected an object of options ({ kernelSize, stride, padding, dilation',
    ],
    [2, 'padding, dilation }), got 2.'],
    [{}, 'MaxPool2d: kernelSize must be an integer of at least 1'],
    [{ kernelSize: -2 }, 'MaxPool2d: kernelSize must be an integer of at least 1'],
    [{ kernelSize: [2, 2, 2] }, 'pair of them, got [2,2,2].'],
    [{ kernelSize: 2, stride: 1.5 }, 'MaxPool2d: stride must be an integer of at least 1'],
    [{ kernelSize: 2, padding: 2 }, 'MaxPool2d: padding must be less than the window (2 x 2)'],
    [
      { kernelSize: 2, ceilMode: true },
      "MaxPool2d: unknown option 'ceilMode'; there are kernelSize",
    ],
  ])('reject the options %j', (options, message) => {
    const make = () => Reflect.construct(MaxPool2d, [options]) as MaxPool2d;
    expectError(make, 'ARGUMENT', message);
  });

  it('are thrown for what does not compile either', () => {
    const make = [
      // @ts-expect-error: a pair has two elements
      () => new MaxPool2d({ kernelSize: [2] }),
      // @ts-expect-error: nor three
      () => new MaxPool2d({ kernelSize: 2, stride: [1, 1, 1] }),
      // @ts-expect-error: four sides are named
      () => new MaxPool2d({ kernelSize: 2, padding: [1, 1, 1, 1] }),
      // @ts-expect-error: the option is called stride
      () => new MaxPool2d({ kernelSize: 2, strides: 2 }),
      // @ts-expect-error: it is an option
      () => new MaxPool2d(2),
    ];
    for (const each of make) expectError(each, 'ARGUMENT', /^MaxPool2d: /);
  });
});

it('says what it is', () => {
  expect(String(new MaxPool2d({ kernelSize: 2 }))).toBe('MaxPool2d(kernelSize 2×2)');
  const overlapping = new MaxPool2d({ kernelSize: [3, 2], stride: [2, 2], padding: 'same' });
  expect(String(overlapping)).toBe('MaxPool2d(kernelSize 3×2, stride 2×2, padding same)');
});
