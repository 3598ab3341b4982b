import { grad } from '@gradus/autograd';
import {
  loadStateDictionary,
  namedParameters,
  namedVariables,
  relu,
  stateDictionary,
  zeros,
  type DataType,
  type Layer,
  type Shape,
} from '@gradus/core';
import { describe, expect, it } from 'vitest';
import * as layers from '../src/index.js';
import { numbers, useCpu } from './support.js';

const { pyTorchNaming, summary } = layers;

useCpu();

/** What is asked of every layer alike. */
interface Example {
  readonly create: () => Layer & { toString(): string };
  /** Of one example: the batch comes before it. */
  readonly input: Shape;
  readonly output: Shape;
  readonly dtype?: DataType;
  readonly text: string;
  /** The names in PyTorch of its variables with their shapes. */
  readonly variables?: Readonly<Record<string, Shape>>;
  /** For one example. */
  readonly multiplyAdds?: number;
}

const image = [2, 6, 6] as const;
const half = { input: image, output: [2, 3, 3] } as const;
const unchanged = { input: image, output: image } as const;
const recurrent = (gates: number): Record<string, Shape> => ({
  weight_ih_l0: [4 * gates, 3],
  weight_hh_l0: [4 * gates, 4],
  bias_ih_l0: [4 * gates],
  bias_hh_l0: [4 * gates],
});

const examples: Readonly<Record<string, Example>> = {
  Activation: {
    create: () => new layers.Activation(relu),
    ...unchanged,
    text: 'Activation(relu)',
  },
  AvgPool2d: {
    create: () => new layers.AvgPool2d({ kernelSize: 2 }),
    ...half,
    text: 'AvgPool2d(kernelSize 2×2)',
  },
  BatchNorm: {
    create: () => new layers.BatchNorm(2),
    ...unchanged,
    text: 'BatchNorm(2)',
    variables: {
      weight: [2],
      bias: [2],
      running_mean: [2],
      running_var: [2],
      num_batches_tracked: [],
    },
  },
  Conv2d: {
    create: () => new layers.Conv2d(2, 3, { kernelSize: 3 }),
    input: image,
    output: [3, 4, 4],
    text: 'Conv2d(2, 3, kernelSize 3×3)',
    variables: { weight: [3, 2, 3, 3], bias: [3] },
    multiplyAdds: 3 * 4 * 4 * 2 * 3 * 3,
  },
  ConvTranspose2d: {
    create: () => new layers.ConvTranspose2d(2, 3, { kernelSize: 2, stride: 2 }),
    input: image,
    output: [3, 12, 12],
    text: 'ConvTranspose2d(2, 3, kernelSize 2×2, stride 2×2)',
    variables: { weight: [2, 3, 2, 2], bias: [3] },
    multiplyAdds: 2 * 6 * 6 * 3 * 2 * 2,
  },
  Dense: {
    create: () => new layers.Dense(3, 4),
    input: [5, 3],
    output: [5, 4],
    text: 'Dense(3, 4)',
    variables: { weight: [4, 3], bias: [4] },
    multiplyAdds: 5 * 3 * 4,
  },
  DepthwiseConv2d: {
    create: () => new layers.DepthwiseConv2d(2, { kernelSize: 3 }),
    input: image,
    output: [2, 4, 4],
    text: 'DepthwiseConv2d(2, kernelSize 3×3)',
    variables: { weight: [2, 1, 3, 3], bias: [2] },
    multiplyAdds: 2 * 4 * 4 * 3 * 3,
  },
  Dropout: { create: () => new layers.Dropout(0.25), ...unchanged, text: 'Dropout(0.25)' },
  Embedding: {
    create: () => new layers.Embedding(10, 4),
    input: [5],
    output: [5, 4],
    dtype: 'int32',
    text: 'Embedding(10, 4)',
    variables: { weight: [10, 4] },
  },
  Flatten: { create: () => new layers.Flatten(), input: image, output: [72], text: 'Flatten()' },
  GlobalAvgPool2d: {
    create: () => new layers.GlobalAvgPool2d(),
    input: image,
    output: [2],
    text: 'GlobalAvgPool2d()',
  },
  GRU: {
    create: () => new layers.GRU(3, 4),
    input: [5, 3],
    output: [5, 4],
    text: 'GRU(3, 4)',
    variables: recurrent(3),
    multiplyAdds: 5 * 3 * 4 * (3 + 4),
  },
  LayerNorm: {
    create: () => new layers.LayerNorm([6, 6]),
    ...unchanged,
    text: 'LayerNorm([6, 6])',
    variables: { weight: [6, 6], bias: [6, 6] },
  },
  LSTM: {
    create: () => new layers.LSTM(3, 4),
    input: [5, 3],
    output: [5, 4],
    text: 'LSTM(3, 4)',
    variables: recurrent(4),
    multiplyAdds: 5 * 4 * 4 * (3 + 4),
  },
  MaxPool2d: {
    create: () => new layers.MaxPool2d({ kernelSize: 2 }),
    ...half,
    text: 'MaxPool2d(kernelSize 2×2)',
  },
  MultiHeadAttention: {
    create: () => new layers.MultiHeadAttention(4, 2),
    input: [5, 4],
    output: [5, 4],
    text: 'MultiHeadAttention(4, 2)',
    variables: {
      in_proj_weight: [12, 4],
      in_proj_bias: [12],
      'out_proj.weight': [4, 4],
      'out_proj.bias': [4],
    },
    // Projections into and out of the heads; each position with each, and the mean that follows.
    multiplyAdds: 5 * 4 * 12 + 5 * 4 * 4 + 2 * (5 * 5 * 4),
  },
  Reshape: {
    create: () => new layers.Reshape([4, -1]),
    input: image,
    output: [4, 18],
    text: 'Reshape([4, -1])',
  },
  Residual: {
    create: () => new layers.Residual(new layers.Activation(relu)),
    ...unchanged,
    text: 'Residual(\n  branch: Activation(relu)\n)',
  },
  Sequential: {
    create: () => new layers.Sequential([new layers.Dense(3, 4)]),
    input: [3],
    output: [4],
    text: 'Sequential(\n  0: Dense(3, 4)\n)',
    variables: { '0.weight': [4, 3], '0.bias': [4] },
    multiplyAdds: 12,
  },
  SpatialDropout2d: {
    create: () => new layers.SpatialDropout2d(0.25),
    ...unchanged,
    text: 'SpatialDropout2d(0.25)',
  },
};

it('has an example of every layer', () => {
  const isLayer = (value: unknown): boolean =>
    typeof value === 'function' && (value.prototype as Layer | undefined)?.forward !== undefined;
  const exported = Object.entries(layers).filter(([, value]) => isLayer(value));
  expect(Object.keys(examples).sort()).toEqual(exported.map(([name]) => name).sort());
});

describe.each(Object.entries(examples))('%s', (_, example) => {
  const { create, input, output, dtype = 'float32', variables = {}, multiplyAdds = 0 } = example;

  it('says what it is', () => {
    expect(String(create())).toBe(example.text);
  });

  it('has a summary', () => {
    const count = Object.values(variables).flatMap((shape) => shape.reduce((a, b) => a * b, 1));
    const result = summary(create(), [2, ...input], { dtype });
    expect(result).toMatchObject({ outputShape: [2, ...output], multiplyAdds: 2 * multiplyAdds });
    expect(result.trainable + result.statistics).toBe(count.reduce((a, b) => a + b, 0));
  });

  it('takes what PyTorch calls its variables', async () => {
    const [layer, other] = [create(), create()];
    const state = stateDictionary(layer, pyTorchNaming(layer));
    const shapes = Object.entries(state).map(([name, { shape }]) => [name, shape]);
    expect(Object.fromEntries(shapes)).toEqual(variables);
    loadStateDictionary(other, state, { rename: pyTorchNaming(other) });
    const [one, same] = [namedVariables(layer), namedVariables(other)];
    for (const [path, variable] of Object.entries(one)) {
      expect(await numbers(same[path]!.value)).toEqual(await numbers(variable.value));
    }
  });

  it('maps a batch of nothing to nothing, with gradients of 0', async () => {
    const layer = create();
    const nothing = layer.forward(zeros([0, ...input], dtype), {});
    expect(nothing.shape).toEqual([0, ...output]);
    expect(await numbers(nothing)).toEqual([]);
    const gradients = grad(nothing.sum(), namedParameters(layer));
    for (const gradient of Object.values(gradients)) {
      expect((await numbers(gradient)).every((value) => value === 0)).toBe(true);
    }
  });
});
