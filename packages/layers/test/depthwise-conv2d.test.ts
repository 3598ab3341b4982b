import { checkGradients, layerSuite } from '@gradus/conformance';
import { namedParameters, relu, tanh, zeros, type DataType, type Tensor } from '@gradus/core';
import { randomKey } from '@gradus/random';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Conv2d,
  crossEntropy,
  Dense,
  DepthwiseConv2d,
  GlobalAvgPool2d,
  Sequential,
  summary,
  type DepthwiseConv2dOptions,
} from '../src/index.js';
import { lossAfter } from './descent.js';
import golden from './fixtures/depthwise-conv2d.json' with { type: 'json' };
import { expectAgreement } from './golden.js';
import { expectError, numbers, useCpu } from './support.js';
import { barsInChannels, counting, runs, valuesOf, windowCases } from './windows.js';

useCpu();

describe('forward', () => {
  it('shows each channel to its own filters, in order', async () => {
    const layer = new DepthwiseConv2d(2, {
      kernelSize: [1, 2],
      multiplier: 2,
      weightInitializer: () => [1, 0, 0, 1, 1, 1, 10, 0],
      biasInitializer: () => [0, 0, 0, -40],
      activation: relu,
    });
    const output = layer.forward(counting([1, 2, 1, 3]));
    expect(output.shape).toEqual([1, 4, 1, 2]);
    expect(await numbers(output)).toEqual([0, 1, 1, 2, 7, 9, 0, 0]);
  });

  it('is a convolution with as many groups as channels', async () => {
    const options = { kernelSize: 3, stride: 2, padding: 'same', random: randomKey(1) } as const;
    const depthwise = new DepthwiseConv2d(3, { ...options, multiplier: 2 });
    const grouped = new Conv2d(3, 6, { ...options, groups: 3 });
    const x = valuesOf([2, 3, 5, 4]).cast('float32');
    expect(await numbers(depthwise.forward(x))).toEqual(await numbers(grouped.forward(x)));
  });

  it('has nothing to do for a batch of none', async () => {
    const output = new DepthwiseConv2d(3, { kernelSize: 2 }).forward(zeros([0, 3, 4, 4]));
    expect([output.shape, await numbers(output)]).toEqual([[0, 3, 3, 3], []]);
  });
});

describe.each<DataType>(['float32', 'float64'])('in %s', (dtype) => {
  it.each(golden.cases)('agrees with PyTorch: $name', async (each) => {
    const { channels, options } = each.config;
    const layer = new DepthwiseConv2d(channels, { ...(options as DepthwiseConv2dOptions), dtype });
    const pass = ({ input }: Readonly<Record<string, Tensor>>) => ({
      output: layer.forward(input!),
    });
    await expectAgreement(each, layer, pass);
  });
});

layerSuite(
  { describe, it },
  {
    create: () =>
      new DepthwiseConv2d(3, { kernelSize: [3, 2], multiplier: 2, padding: 1, activation: tanh }),
    inputShape: [2, 3, 3, 2],
    outputShape: [2, 6, 3, 3],
    parameters: { weight: [6, 1, 3, 2], bias: [6] },
    gradients: { order: 2, maximumElements: 12 },
  },
);

it('has the gradients of central differences whatever its options', async () => {
  const cases = fc.record({
    window: windowCases,
    channels: fc.integer({ min: 1, max: 3 }),
    multiplier: fc.integer({ min: 1, max: 2 }),
    bias: fc.boolean(),
  });
  const property = fc.asyncProperty(cases, async ({ window, channels, multiplier, bias }) => {
    const own = { multiplier, bias, dtype: 'float64', random: randomKey(2) } as const;
    const layer = new DepthwiseConv2d(channels, { ...window.options, ...own });
    const x = valuesOf([2, channels, ...window.size]);
    const parameters = namedParameters(layer);
    await checkGradients((input) => layer.forward(input), [x], { parameters, maximumElements: 12 });
  });
  await fc.assert(property, runs);
});

it('learns what to look for in each channel', async () => {
  const { images, labels } = barsInChannels(8);
  const classify = (model: Sequential) => crossEntropy(model.forward(images), labels);
  const keys = randomKey(4).split(2);
  const depthwise = new Sequential([
    new DepthwiseConv2d(2, { kernelSize: 3, multiplier: 2, activation: relu, random: keys[0] }),
    new GlobalAvgPool2d(),
    new Dense(4, 2, { random: keys[1] }),
  ]);
  const learnt = { model: depthwise, rate: 4, loss: () => classify(depthwise) };
  expect(await lossAfter(250, learnt)).toBeLessThan(0.05);
  const blind = new Sequential([new GlobalAvgPool2d(), new Dense(2, 2, { random: keys[1] })]);
  const guessed = { model: blind, rate: 4, loss: () => classify(blind) };
  expect(await lossAfter(250, guessed)).toBeCloseTo(Math.LN2, 3);
});

describe('errors', () => {
  const layer = new DepthwiseConv2d(3, { kernelSize: 5 });
  const name = 'DepthwiseConv2d(3, kernelSize 5×5)';

  it('name the layer, what was expected and what was given', () => {
    const channels = `${name}: expected images [n, 3, h, w], got [2, 1, 8, 8].`;
    expectError(() => layer.forward(zeros([2, 1, 8, 8])), 'SHAPE', channels);
    const small = `${name}: a window of 5 x 5 does not fit an image of 8 x 4`;
    expectError(() => layer.forward(zeros([2, 3, 8, 4])), 'SHAPE', small);
    const dtype = `${name}: expected float32 input, got float64; cast it: x.cast('float32').`;
    expectError(() => layer.forward(zeros([2, 3, 8, 8], 'float64')), 'DTYPE', dtype);
  });

  it.each<[unknown[], string]>([
    [[0, { kernelSize: 3 }], 'DepthwiseConv2d: channels must be a positive integer, got 0.'],
    [[3], 'DepthwiseConv2d(3): expected an object of options ({ kernelSize, '],
    [[3, {}], 'DepthwiseConv2d(3): kernelSize must be an integer of at least 1'],
    [[3, { kernelSize: 3, multiplier: 0 }], 'multiplier must be a positive integer, got 0.'],
    [[3, { kernelSize: 3, groups: 3 }], "unknown option 'groups'; there are kernelSize, "],
  ])('reject the arguments %j', (args, message) => {
    const make = () => Reflect.construct(DepthwiseConv2d, args) as DepthwiseConv2d;
    expectError(make, 'ARGUMENT', message);
  });

  it('are thrown for what does not compile either', () => {
    const make = [
      // @ts-expect-error: a pair has two elements
      () => new DepthwiseConv2d(2, { kernelSize: [3] }),
      // @ts-expect-error: nor three
      () => new DepthwiseConv2d(2, { kernelSize: 3, stride: [1, 1, 1] }),
      // @ts-expect-error: its groups are its channels
      () => new DepthwiseConv2d(2, { kernelSize: 3, groups: 2 }),
      // @ts-expect-error: the output's channels follow from the multiplier
      () => new DepthwiseConv2d(2, 4, { kernelSize: 3 }),
    ];
    for (const each of make) expectError(each, 'ARGUMENT', /^DepthwiseConv2d\(2\): /);
  });
});

it('says what it is, and what it costs', () => {
  expect(String(new DepthwiseConv2d(8, { kernelSize: 3 }))).toBe(
    'DepthwiseConv2d(8, kernelSize 3×3)',
  );
  const layer = new DepthwiseConv2d(8, { kernelSize: 3, multiplier: 2, activation: relu });
  expect(String(layer)).toBe('DepthwiseConv2d(8, multiplier 2, kernelSize 3×3, relu)');
  expect(layer.weight.name).toBe('DepthwiseConv2d(8).weight');
  expect(summary(layer, [1, 8, 5, 5]).multiplyAdds).toBe(16 * 9 * 9);
});
