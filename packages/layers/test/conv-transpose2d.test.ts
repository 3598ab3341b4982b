import { checkGradients, layerSuite } from '@gradus/conformance';
import {
  namedParameters,
  relu,
  tanh,
  tensor,
  windowSettings,
  zeros,
  type DataType,
  type Tensor,
} from '@gradus/core';
import { randomKey, uniform } from '@gradus/random';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Conv2d,
  ConvTranspose2d,
  initializers,
  meanSquaredError,
  Sequential,
  summary,
  type ConvTranspose2dOptions,
  type InitializerContext,
} from '../src/index.js';
import { lossAfter } from './descent.js';
import golden from './fixtures/conv-transpose2d.json' with { type: 'json' };
import { expectAgreement } from './golden.js';
import { expectError, numbers, useCpu } from './support.js';
import { counting, runs, valuesOf, windowCases } from './windows.js';

useCpu();

/** One filter of 2 × 2: [[1, 2], [3, 4]]. */
function small(options: Partial<ConvTranspose2dOptions> = {}): ConvTranspose2d {
  const weightInitializer = () => [1, 2, 3, 4];
  return new ConvTranspose2d(1, 1, { kernelSize: 2, weightInitializer, ...options });
}

describe('forward', () => {
  it('paints its filter, as bright as each pixel is, and adds where they overlap', async () => {
    const x = tensor([[[[1, 0, -1]]]]);
    expect(await small({ stride: 2 }).forward(x).reshape([2, 6]).toArray()).toEqual([
      [1, 2, 0, 0, -1, -2],
      [3, 4, 0, 0, -3, -4],
    ]);
    expect(await small().forward(x).reshape([2, 4]).toArray()).toEqual([
      [1, 2, -1, -2],
      [3, 4, -3, -4],
    ]);
    expect(
      await small()
        .forward(tensor([[[[1, 1]]]]))
        .reshape([2, 3])
        .toArray(),
    ).toEqual([
      [1, 3, 2],
      [3, 7, 4],
    ]);
  });

  it('takes padding away, and adds output padding at the end', async () => {
    const x = tensor([[[[1, 1]]]]);
    const padded = { top: 1, bottom: 0, left: 0, right: 1 };
    expect(await numbers(small({ padding: padded }).forward(x))).toEqual([3, 7]);
    const more = small({ stride: [1, 2], outputPadding: [0, 1] }).forward(x);
    expect(await more.reshape([2, 5]).toArray()).toEqual([
      [1, 2, 1, 2, 0],
      [3, 4, 3, 4, 0],
    ]);
  });

  it('adds a bias to each channel, then applies the activation', async () => {
    const layer = new ConvTranspose2d(1, 2, {
      kernelSize: 1,
      weightInitializer: () => [1, -1],
      biasInitializer: () => [-2, 3],
      activation: relu,
    });
    const output = layer.forward(counting([1, 1, 2, 2]));
    expect(await numbers(output)).toEqual([0, 0, 0, 1, 3, 2, 1, 0]);
  });

  it('has nothing to do for a batch of none', async () => {
    const output = new ConvTranspose2d(3, 5, { kernelSize: 3 }).forward(zeros([0, 3, 4, 4]));
    expect([output.shape, await numbers(output)]).toEqual([[0, 5, 6, 6], []]);
  });

  it("multiplies the size by the stride for padding 'same', whatever the kernel", () => {
    for (const kernelSize of [1, 2, 3, 4]) {
      const options = { kernelSize, stride: [3, 1], dilation: 2, padding: 'same' } as const;
      const output = new ConvTranspose2d(1, 1, options).forward(zeros([1, 1, 4, 5]));
      expect(output.shape).toEqual([1, 1, 12, 5]);
    }
  });
});

describe.each<DataType>(['float32', 'float64'])('in %s', (dtype) => {
  it.each(golden.cases)('agrees with PyTorch: $name', async (each) => {
    const { inChannels, outChannels, options } = each.config;
    const own = { ...(options as unknown as ConvTranspose2dOptions), dtype };
    const layer = new ConvTranspose2d(inChannels, outChannels, own);
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
      new ConvTranspose2d(4, 2, {
        kernelSize: [3, 2],
        stride: 2,
        padding: [1, 0],
        outputPadding: [1, 0],
        groups: 2,
        activation: tanh,
      }),
    inputShape: [2, 4, 3, 2],
    outputShape: [2, 2, 6, 4],
    parameters: { weight: [4, 1, 3, 2], bias: [2] },
    gradients: { order: 2, maximumElements: 12 },
  },
);

/** Options with groups and output padding, and the sizes of an input and its output. */
const cases = fc
  .record({
    options: windowCases.map((window) => window.options),
    groups: fc.integer({ min: 1, max: 2 }),
    more: fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 2 })),
    size: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
  })
  .map(({ options, groups, more, size }) => {
    const { padding, stride, kernelSize, dilation } = options;
    const largest = stride.map((extent) => (padding === 'same' ? 0 : extent - 1));
    const outputPadding = more.map((extent, axis) => Math.min(extent, largest[axis]!));
    const taken = windowSettings('cases', { kernel: kernelSize, padding }).padding;
    const output = size.map((extent, axis) => {
      if (taken === 'same') return extent * stride[axis]!;
      const sides = axis === 0 ? taken.top + taken.bottom : taken.left + taken.right;
      const span = dilation[axis]! * (kernelSize[axis]! - 1) + 1;
      return (extent - 1) * stride[axis]! - sides + span + outputPadding[axis]!;
    });
    return {
      groups,
      options: { ...options, outputPadding: outputPadding as [number, number] },
      size,
      output,
    };
  })
  .filter(({ output }) => Math.min(...output) > 0);

describe('whatever its options', () => {
  const layerOf = (groups: number, options: ConvTranspose2dOptions) =>
    new ConvTranspose2d(2 * groups, groups, { ...options, groups, random: randomKey(2) });

  it('has its shape and the gradients of central differences', async () => {
    const property = fc.asyncProperty(cases, fc.boolean(), async (drawn, bias) => {
      const { groups, options, size, output } = drawn;
      const layer = layerOf(groups, { ...options, bias, dtype: 'float64' });
      const x = valuesOf([2, 2 * groups, ...size]);
      expect(layer.forward(x).shape).toEqual([2, groups, ...output]);
      const parameters = namedParameters(layer);
      await checkGradients((input) => layer.forward(input), [x], {
        parameters,
        maximumElements: 12,
      });
    });
    await fc.assert(property, runs);
  });

  it('is the transpose of a convolution: ⟨T x, y⟩ = ⟨x, C y⟩', async () => {
    const property = fc.asyncProperty(cases, async ({ groups, options, size }) => {
      const { outputPadding, ...convolution } = {
        ...options,
        bias: false,
        dtype: 'float64',
      } as const;
      const transposed = layerOf(groups, { ...convolution, outputPadding });
      const weight = await numbers(transposed.weight.value);
      const weightInitializer = () => weight;
      const own = { ...convolution, groups, weightInitializer };
      const direct = new Conv2d(groups, 2 * groups, own);
      const x = valuesOf([1, 2 * groups, ...size]);
      const painted = transposed.forward(x);
      const y = valuesOf(painted.shape).mul(0.7).add(0.1);
      const seen = direct.forward(y);
      expect(seen.shape).toEqual(x.shape);
      const products = [painted.mul(y).sum(), x.mul(seen).sum()];
      const [left, right] = await Promise.all(products.map((each) => each.item()));
      expect(Math.abs(left! - right!)).toBeLessThan(1e-9);
    });
    await fc.assert(property, runs);
  });
});

it("has the fans of PyTorch's _calculate_fan_in_and_fan_out", () => {
  const seen: Partial<InitializerContext>[] = [];
  const weightInitializer = (shape: readonly number[], context: InitializerContext) => {
    seen.push({ fanIn: context.fanIn, fanOut: context.fanOut });
    return initializers.zeros(shape, context);
  };
  const layer = new ConvTranspose2d(4, 6, { kernelSize: [3, 5], groups: 2, weightInitializer });
  expect(seen).toEqual([{ fanIn: 45, fanOut: 60 }]);
  expect(layer.weight.shape).toEqual([4, 3, 3, 5]);
});

it('learns to paint a pattern for each pixel, which enlarging cannot', async () => {
  const pixels = tensor(uniform(randomKey(1), 4 * 9), { shape: [4, 1, 3, 3] });
  const pattern = tensor([
    [1, 0],
    [0.5, 1],
  ]);
  const enlarge = (x: Tensor) => x.reshape([4, 1, 3, 1, 3, 1]).broadcastTo([4, 1, 3, 2, 3, 2]);
  const asImages = (x: Tensor) => x.reshape([4, 1, 6, 6]);
  const targets = asImages(enlarge(pixels).mul(pattern.reshape([2, 1, 2])));
  const loss = (model: Sequential) => {
    const lossOf = () => meanSquaredError(model.forward(pixels), targets);
    return lossAfter(50, { model, rate: 3, loss: lossOf });
  };
  const options = { bias: false, random: randomKey(2) };
  const painter = new ConvTranspose2d(1, 1, { ...options, kernelSize: 2, stride: 2 });
  expect(await loss(new Sequential([painter]))).toBeLessThan(1e-4);
  const enlarged = (x: Tensor) => asImages(enlarge(x));
  const blocks = new Sequential([enlarged, new Conv2d(1, 1, { ...options, kernelSize: 1 })]);
  expect(await loss(blocks)).toBeGreaterThan(0.03);
});

describe('errors', () => {
  const layer = new ConvTranspose2d(3, 6, { kernelSize: 2, padding: 3 });
  const name = 'ConvTranspose2d(3, 6, kernelSize 2×2, padding 3×3)';

  it('name the layer, what was expected and what was given', () => {
    const channels = `${name}: expected images [n, 3, h, w], got [2, 1, 8, 8].`;
    expectError(() => layer.forward(zeros([2, 1, 8, 8])), 'SHAPE', channels);
    const size = `${name}: images of 5×9 would become 0×4; use larger images or less padding.`;
    expectError(() => layer.forward(zeros([2, 3, 5, 9])), 'SHAPE', size);
    expectError(
      () => small().forward(zeros([1, 1, 0, 2])),
      'SHAPE',
      'ConvTranspose2d(1, 1, kernelSize 2×2): images of 0×2 would become 1×3',
    );
    const dtype = `${name}: expected float32 input, got uint8; cast it: x.cast('float32').`;
    expectError(() => layer.forward(zeros([1, 3, 8, 8], 'uint8')), 'DTYPE', dtype);
  });

  it.each<[unknown[], string]>([
    [[0, 6, { kernelSize: 3 }], 'ConvTranspose2d: inChannels must be a positive integer, got 0.'],
    [
      [3, -6, { kernelSize: 3 }],
      'ConvTranspose2d: outChannels must be a positive integer, got -6.',
    ],
    [[3, 6], 'ConvTranspose2d(3, 6): expected an object of options ({ kernelSize, stride, '],
    [[3, 6, { kernelSize: 3, groups: 2 }], 'groups must divide the 3 input and 6 output channels'],
    [
      [3, 6, { kernelSize: 3, stride: [2, 1], outputPadding: 1 }],
      'outputPadding must be less than the stride [2, 1], got [1, 1].',
    ],
    [
      [3, 6, { kernelSize: 3, outputPadding: -1 }],
      'outputPadding must be an integer of at least 0',
    ],
    [[3, 6, { kernelSize: 3, outputPadding: [0] }], 'pair of them, got [0].'],
    [
      [3, 6, { kernelSize: 3, stride: 2, padding: 'same', outputPadding: 1 }],
      "outputPadding must be 0 for padding 'same', whose output is stride times the input, got [1, 1].",
    ],
    [[3, 6, { kernelSize: 3, output_padding: 1 }], "unknown option 'output_padding'; there are "],
  ])('reject the arguments %j', (args, message) => {
    const make = () => Reflect.construct(ConvTranspose2d, args) as ConvTranspose2d;
    expectError(make, 'ARGUMENT', message);
  });

  it('are thrown for what does not compile either', () => {
    const make = [
      // @ts-expect-error: a pair has two elements
      () => new ConvTranspose2d(1, 2, { kernelSize: [3] }),
      // @ts-expect-error: nor three
      () => new ConvTranspose2d(1, 2, { kernelSize: 3, stride: [2, 2, 2] }),
      // @ts-expect-error: a pair has two elements
      () => new ConvTranspose2d(1, 2, { kernelSize: 3, stride: 2, outputPadding: [1] }),
      // @ts-expect-error: the option is called outputPadding
      () => new ConvTranspose2d(1, 2, { kernelSize: 3, outputPading: 0 }),
    ];
    for (const each of make) expectError(each, 'ARGUMENT', /^ConvTranspose2d\(1, 2\): /);
  });
});

it('says what it is, and what it costs', () => {
  const options = { kernelSize: 3, stride: 2, outputPadding: [1, 0], groups: 2 } as const;
  const layer = new ConvTranspose2d(4, 2, { ...options, padding: 1, activation: tanh });
  expect(String(layer)).toBe(
    'ConvTranspose2d(4, 2, kernelSize 3×3, stride 2×2, padding 1×1, outputPadding 1×0, groups 2, tanh)',
  );
  expect(String(small())).toBe('ConvTranspose2d(1, 1, kernelSize 2×2)');
  expect(summary(layer, [1, 4, 5, 5]).multiplyAdds).toBe(4 * 25 * 9);
});
