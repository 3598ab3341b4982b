import { checkGradients, goldenFile, layerSuite } from '@gradus/conformance';
import { namedParameters, relu, tanh, tensor, zeros, type Padding2d } from '@gradus/core';
import { randomKey } from '@gradus/random';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  AvgPool2d,
  Conv2d,
  crossEntropy,
  Dense,
  Flatten,
  GlobalAvgPool2d,
  initializers,
  Sequential,
  summary,
  type Conv2dOptions,
  type InitializerContext,
} from '../src/index.js';
import { lossAfter } from './descent.js';
import { expectClose, expectError, numbers, useCpu } from './support.js';
import { bars, counting, runs, valuesOf, windowCases } from './windows.js';

useCpu();

/** One filter of 2 × 2: [[1, 2], [3, 4]]. */
function small(options: Partial<Conv2dOptions> = {}): Conv2d {
  return new Conv2d(1, 1, { kernelSize: 2, weightInitializer: () => [1, 2, 3, 4], ...options });
}

describe('forward', () => {
  it('slides its filters without flipping them', async () => {
    const output = small().forward(counting([1, 1, 3, 3]));
    expect(await output.toArray()).toEqual([
      [
        [
          [27, 37],
          [57, 67],
        ],
      ],
    ]);
  });

  it('adds a bias to each channel, then applies the activation', async () => {
    const layer = new Conv2d(1, 2, {
      kernelSize: 1,
      weightInitializer: () => [1, -1],
      biasInitializer: () => [-2, 3],
      activation: relu,
    });
    const output = layer.forward(counting([1, 1, 2, 2]));
    expect(await numbers(output)).toEqual([0, 0, 0, 1, 3, 2, 1, 0]);
  });

  it('pads, moves and dilates as it is told', async () => {
    const x = counting([1, 1, 3, 3]);
    const same = [27, 37, 17, 57, 67, 29, 20, 23, 8];
    expect(await numbers(small({ padding: 'same' }).forward(x))).toEqual(same);
    expect(await numbers(small({ stride: 2, padding: 1 }).forward(x))).toEqual([0, 11, 30, 67]);
    expect(await numbers(small({ stride: [1, 2] }).forward(x))).toEqual([27, 57]);
    expect(await numbers(small({ dilation: 2 }).forward(x))).toEqual([0 + 4 + 18 + 32]);
    const bottom = { top: 0, bottom: 1, left: 0, right: 0 };
    expect(await numbers(small({ padding: bottom }).forward(x))).toEqual([27, 37, 57, 67, 20, 23]);
  });

  it('keeps groups of channels apart', async () => {
    const layer = new Conv2d(2, 2, { kernelSize: 1, groups: 2, weightInitializer: () => [1, 10] });
    expect(await numbers(layer.forward(counting([1, 2, 1, 2])))).toEqual([0, 1, 20, 30]);
  });

  it('has nothing to do for a batch of none', async () => {
    const output = new Conv2d(3, 5, { kernelSize: 3 }).forward(zeros([0, 3, 4, 4]));
    expect(output.shape).toEqual([0, 5, 2, 2]);
    expect(await numbers(output)).toEqual([]);
  });

  it('computes in the dtype of its parameters', async () => {
    const layer = small({ dtype: 'float64', biasInitializer: () => [1 / 3] });
    const output = layer.forward(zeros([1, 1, 2, 2], 'float64'));
    expect(output.dtype).toBe('float64');
    expect(await output.item()).toBe(1 / 3);
  });

  it('gives what PyTorch gives', async () => {
    const { cases } = await goldenFile('conv2d');
    for (const { config, inputs, outputs } of cases) {
      const [out, perGroup, ...kernel] = inputs['weight']!.shape as [
        number,
        number,
        number,
        number,
      ];
      const { groups, ...window } = config as unknown as Conv2dOptions & { groups: number };
      const layer = new Conv2d(perGroup * groups, out, {
        ...window,
        groups,
        kernelSize: kernel,
        weightInitializer: () => inputs['weight']!.data,
        biasInitializer: () => inputs['bias']!.data,
      });
      const { data, shape } = inputs['x']!;
      const output = layer.forward(tensor(data, { shape }));
      expect(output.shape).toEqual(outputs['y']!.shape);
      expectClose(await numbers(output), outputs['y']!.data);
    }
  });
});

/** TensorFlow's rule, as its documentation puts it: from the remainder of the extent. */
function samePadding(extent: number, span: number, stride: number): [number, number] {
  const rest = extent % stride;
  const total = Math.max(span - (rest === 0 ? stride : rest), 0);
  return [Math.floor(total / 2), total - Math.floor(total / 2)];
}

it("pads for 'same' as TensorFlow does", async () => {
  for (const [extent, kernel, stride, dilation] of [
    [5, 2, 1, 1],
    [6, 3, 2, 1],
    [7, 3, 2, 1],
    [7, 4, 3, 1],
    [5, 1, 2, 1],
    [6, 2, 2, 2],
    [28, 6, 1, 1],
    [28, 5, 2, 1],
    [14, 4, 2, 1],
  ] as const) {
    const [top, bottom] = samePadding(extent, (kernel - 1) * dilation + 1, stride);
    const options = {
      kernelSize: [kernel, 1],
      stride: [stride, 1],
      dilation,
      random: randomKey(1),
    } as const;
    const x = valuesOf([1, 1, extent, 2]).cast('float32');
    const explicit = { top, bottom, left: 0, right: 0 } satisfies Padding2d;
    const same = new Conv2d(1, 1, { ...options, padding: 'same' }).forward(x);
    expect(same.shape).toEqual([1, 1, Math.ceil(extent / stride), 2]);
    const padded = new Conv2d(1, 1, { ...options, padding: explicit }).forward(x);
    expect(await numbers(same)).toEqual(await numbers(padded));
  }
});

describe('parameters', () => {
  it('are shaped as in PyTorch and named for messages', () => {
    const { weight, bias } = new Conv2d(4, 6, { kernelSize: [3, 5], groups: 2 });
    expect([weight.shape, bias?.shape]).toEqual([[6, 2, 3, 5], [6]]);
    expect([weight.name, bias?.name]).toEqual(['Conv2d(4, 6).weight', 'Conv2d(4, 6).bias']);
    const bare = new Conv2d(4, 6, { kernelSize: 3, bias: false });
    expect(Object.keys(namedParameters(bare))).toEqual(['weight']);
  });

  it("have the fans of PyTorch's _calculate_fan_in_and_fan_out", () => {
    const seen: Partial<InitializerContext>[] = [];
    const weightInitializer = (shape: readonly number[], { fanIn, fanOut }: InitializerContext) => {
      seen.push({ fanIn, fanOut });
      return initializers.zeros(shape, { key: randomKey(1), fanIn, fanOut });
    };
    new Conv2d(4, 6, { kernelSize: [3, 5], weightInitializer });
    new Conv2d(4, 6, { kernelSize: [3, 5], groups: 2, weightInitializer });
    expect(seen).toEqual([
      { fanIn: 60, fanOut: 90 },
      { fanIn: 30, fanOut: 90 },
    ]);
  });
});

layerSuite(
  { describe, it, after: afterAll },
  {
    create: () =>
      new Conv2d(4, 6, {
        kernelSize: [3, 2],
        stride: [1, 2],
        padding: 'same',
        groups: 2,
        activation: tanh,
      }),
    inputShape: [2, 4, 4, 5],
    outputShape: [2, 6, 4, 3],
    parameters: { weight: [6, 2, 3, 2], bias: [6] },
    gradients: { order: 2, maximumElements: 12 },
  },
);

it('has the gradients of central differences whatever its options', async () => {
  const cases = fc.record({
    window: windowCases,
    groups: fc.integer({ min: 1, max: 2 }),
    perGroup: fc.integer({ min: 1, max: 2 }),
    bias: fc.boolean(),
  });
  const property = fc.asyncProperty(cases, async ({ window, groups, perGroup, bias }) => {
    const options = {
      ...window.options,
      groups,
      bias,
      dtype: 'float64',
      random: randomKey(2),
    } as const;
    const layer = new Conv2d(groups * perGroup, 2 * groups, options);
    const x = valuesOf([2, groups * perGroup, ...window.size]);
    const parameters = namedParameters(layer);
    await checkGradients((input) => layer.forward(input), [x], { parameters, maximumElements: 12 });
  });
  await fc.assert(property, runs);
});

it('finds an edge anywhere, which the mean of the pixels does not tell', async () => {
  const { images, labels } = bars(8);
  const classify = (model: Sequential) => crossEntropy(model.forward(images), labels);
  const keys = randomKey(4).split(2);
  const convolutional = new Sequential([
    new Conv2d(1, 4, { kernelSize: 3, activation: relu, random: keys[0] }),
    new GlobalAvgPool2d(),
    new Dense(4, 2, { random: keys[1] }),
  ]);
  expect(
    await lossAfter(150, { model: convolutional, rate: 2, loss: () => classify(convolutional) }),
  ).toBeLessThan(0.05);
  const [pool, head] = [new AvgPool2d({ kernelSize: 8 }), new Dense(1, 2, { random: keys[1] })];
  const blind = new Sequential([pool, new Flatten(), head]);
  // ln 2, the loss of guessing.
  expect(await lossAfter(150, { model: blind, rate: 2, loss: () => classify(blind) })).toBeCloseTo(
    Math.LN2,
    3,
  );
});

describe('errors', () => {
  const layer = new Conv2d(3, 6, { kernelSize: 5 });
  const name = 'Conv2d(3, 6, kernelSize 5×5)';

  it.each<[Conv2d, readonly number[], string]>([
    [layer, [2, 1, 8, 8], `${name}: expected images [n, 3, h, w], got [2, 1, 8, 8].`],
    [layer, [2, 8, 8, 3], 'got [2, 8, 8, 3]; channels come second: x.transpose([0, 3, 1, 2]).'],
    [layer, [3, 8, 8], 'got [3, 8, 8]; add the batch axis: x.expandDims(0).'],
    [layer, [7], `${name}: expected images [n, 3, h, w], got [7].`],
    [
      small(),
      [100, 784],
      'expected images [n, 1, h, w], got [100, 784]; reshape them: x.reshape([100, 1, 28, 28]).',
    ],
    [small(), [9, 28, 28], 'got [9, 28, 28]; add the axis of channels: x.expandDims(1).'],
    [layer, [2, 3, 8, 4], `${name}: a window of 5 x 5 does not fit an image of 8 x 4`],
    [
      new Conv2d(3, 6, { kernelSize: 5, padding: [0, 1] }),
      [2, 3, 8, 2],
      'Conv2d(3, 6, kernelSize 5×5, padding 0×1): a window of 5 x 5 does not fit an image of 8 x 2 (8 x 4 with padding)',
    ],
  ])('of %s for %j', (of, shape, message) => {
    expectError(() => of.forward(zeros(shape)), 'SHAPE', message);
  });

  it('suggest a cast', () => {
    const message = `${name}: expected float32 input, got uint8; cast it: x.cast('float32').`;
    expectError(() => layer.forward(zeros([1, 3, 8, 8], 'uint8')), 'DTYPE', message);
  });

  it.each<[unknown[], string]>([
    [[0, 6, { kernelSize: 3 }], 'Conv2d: inChannels must be a positive integer, got 0.'],
    [[3, 1.5, { kernelSize: 3 }], 'Conv2d: outChannels must be a positive integer, got 1.5.'],
    [[3, 6], 'Conv2d(3, 6): expected an object of options ({ kernelSize, stride, '],
    [[3, 6, 5], 'activation, bias, weightInitializer, biasInitializer, random, dtype }), got 5.'],
    [[3, 6, {}], 'Conv2d(3, 6): kernelSize must be an integer of at least 1 or a [height, width]'],
    [[3, 6, { kernelSize: 0 }], 'Conv2d(3, 6): kernelSize must be an integer of at least 1'],
    [[3, 6, { kernelSize: [3] }], 'pair of them, got [3].'],
    [[3, 6, { kernelSize: 3, stride: -2 }], 'stride must be an integer of at least 1'],
    [[3, 6, { kernelSize: 3, stride: [1, 2, 3] }], 'pair of them, got [1,2,3].'],
    [[3, 6, { kernelSize: 3, dilation: 0.5 }], 'dilation must be an integer of at least 1'],
    [[3, 6, { kernelSize: 3, padding: -1 }], 'padding must be an integer of at least 0'],
    [[3, 6, { kernelSize: 3, padding: 'full' }], "padding must be 'same', 'valid', numbers or"],
    [[3, 6, { kernelSize: 3, padding: { top: 1 } }], 'got {"top":1}.'],
    [[3, 6, { kernelSize: 3, groups: 2 }], 'groups must divide the 3 input and 6 output channels'],
    [[3, 6, { kernelSize: 3, groups: 0 }], 'groups must be a positive integer, got 0.'],
    [[3, 6, { kernelSize: 3, strides: 2 }], "unknown option 'strides'; there are kernelSize, "],
    [[3, 6, { kernelSize: 3, activation: 'relu' }], 'activation must be a function such as relu'],
    [[3, 6, { kernelSize: 3, dtype: 'int32' }], 'dtype must be a floating-point one, got int32'],
  ])('reject the arguments %j', (args, message) => {
    const make = () => Reflect.construct(Conv2d, args) as Conv2d;
    expectError(make, 'ARGUMENT', message);
  });

  it('are thrown for what does not compile either', () => {
    const make = [
      // @ts-expect-error: a pair has two elements
      () => new Conv2d(1, 2, { kernelSize: [3] }),
      // @ts-expect-error: nor three
      () => new Conv2d(1, 2, { kernelSize: 3, stride: [1, 1, 1] }),
      // @ts-expect-error: a pair has two elements
      () => new Conv2d(1, 2, { kernelSize: 3, dilation: [] }),
      // @ts-expect-error: four sides are named
      () => new Conv2d(1, 2, { kernelSize: 3, padding: [1, 1, 1, 1] }),
      // @ts-expect-error: all four of them
      () => new Conv2d(1, 2, { kernelSize: 3, padding: { top: 1, left: 1 } }),
      // @ts-expect-error: no such padding
      () => new Conv2d(1, 2, { kernelSize: 3, padding: 'full' }),
      // @ts-expect-error: the option is called stride
      () => new Conv2d(1, 2, { kernelSize: 3, strides: 2 }),
      // @ts-expect-error: a kernel has a size
      () => new Conv2d(1, 2, {}),
    ];
    for (const each of make) expectError(each, 'ARGUMENT', /^Conv2d\(1, 2\): /);
  });
});

it('says what it is', () => {
  const say = (options: Conv2dOptions) => String(new Conv2d(4, 8, options));
  expect(say({ kernelSize: 3 })).toBe('Conv2d(4, 8, kernelSize 3×3)');
  expect(say({ kernelSize: 6, stride: 2, padding: 'same', activation: relu })).toBe(
    'Conv2d(4, 8, kernelSize 6×6, stride 2×2, padding same, relu)',
  );
  const padding = { top: 0, bottom: 1, left: 2, right: 2 };
  expect(say({ kernelSize: [3, 1], padding, dilation: [2, 1], groups: 4 })).toBe(
    'Conv2d(4, 8, kernelSize 3×1, padding (0, 1)×2, dilation 2×1, groups 4)',
  );
});

it('is counted in a summary', () => {
  const layer = new Conv2d(4, 6, { kernelSize: 3, padding: 'same', groups: 2 });
  const { trainable, multiplyAdds, outputShape } = summary(layer, [1, 4, 8, 8]);
  expect([trainable, multiplyAdds, outputShape]).toEqual([114, 6 * 64 * 18, [1, 6, 8, 8]]);
});
