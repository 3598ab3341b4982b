import { relu, type DataType, type Layer, type Shape } from '@gradus/core';
import * as layers from '../src/index.js';

/** What is asked of every layer alike. */
export interface Example {
  /** A new layer, whose parameters are of that dtype. */
  readonly create: (dtype?: DataType) => Layer & { toString(): string };
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

/** An example of each layer that the package exports, by the layer's name. */
export const examples: Readonly<Record<string, Example>> = {
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
    create: (dtype) => new layers.BatchNorm(2, { dtype }),
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
    create: (dtype) => new layers.Conv2d(2, 3, { kernelSize: 3, dtype }),
    input: image,
    output: [3, 4, 4],
    text: 'Conv2d(2, 3, kernelSize 3×3)',
    variables: { weight: [3, 2, 3, 3], bias: [3] },
    multiplyAdds: 3 * 4 * 4 * 2 * 3 * 3,
  },
  ConvTranspose2d: {
    create: (dtype) => new layers.ConvTranspose2d(2, 3, { kernelSize: 2, stride: 2, dtype }),
    input: image,
    output: [3, 12, 12],
    text: 'ConvTranspose2d(2, 3, kernelSize 2×2, stride 2×2)',
    variables: { weight: [2, 3, 2, 2], bias: [3] },
    multiplyAdds: 2 * 6 * 6 * 3 * 2 * 2,
  },
  Dense: {
    create: (dtype) => new layers.Dense(3, 4, { dtype }),
    input: [5, 3],
    output: [5, 4],
    text: 'Dense(3, 4)',
    variables: { weight: [4, 3], bias: [4] },
    multiplyAdds: 5 * 3 * 4,
  },
  DepthwiseConv2d: {
    create: (dtype) => new layers.DepthwiseConv2d(2, { kernelSize: 3, dtype }),
    input: image,
    output: [2, 4, 4],
    text: 'DepthwiseConv2d(2, kernelSize 3×3)',
    variables: { weight: [2, 1, 3, 3], bias: [2] },
    multiplyAdds: 2 * 4 * 4 * 3 * 3,
  },
  Dropout: { create: () => new layers.Dropout(0.25), ...unchanged, text: 'Dropout(0.25)' },
  Embedding: {
    create: (dtype) => new layers.Embedding(10, 4, { dtype }),
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
    create: (dtype) => new layers.GRU(3, 4, { dtype }),
    input: [5, 3],
    output: [5, 4],
    text: 'GRU(3, 4)',
    variables: recurrent(3),
    multiplyAdds: 5 * 3 * 4 * (3 + 4),
  },
  LayerNorm: {
    create: (dtype) => new layers.LayerNorm([6, 6], { dtype }),
    ...unchanged,
    text: 'LayerNorm([6, 6])',
    variables: { weight: [6, 6], bias: [6, 6] },
  },
  LSTM: {
    create: (dtype) => new layers.LSTM(3, 4, { dtype }),
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
    create: (dtype) => new layers.MultiHeadAttention(4, 2, { dtype }),
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
    create: (dtype) => new layers.Sequential([new layers.Dense(3, 4, { dtype })]),
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
