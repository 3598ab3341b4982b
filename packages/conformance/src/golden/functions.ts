import {
  avgPool2d,
  conv2d,
  elu,
  exp,
  gelu,
  leakyRelu,
  logSoftmax,
  logSumExp,
  maxPool2d,
  oneHot,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
  variance,
  type ReductionOptions,
  type Padding2d,
  type Tensor,
} from '@gradus/core';

type Tensors = Readonly<Record<string, Tensor>>;

/** What a golden case computes: its result from the inputs by name. */
export type GoldenFunction = (inputs: Tensors, config: Readonly<Record<string, unknown>>) => Tensor;

type Reduction = (x: Tensor, axes: readonly number[], options: ReductionOptions) => Tensor;

const reductions: Readonly<Record<string, Reduction>> = {
  sum: (x, axes, options) => x.sum(axes, options),
  mean: (x, axes, options) => x.mean(axes, options),
  max: (x, axes, options) => x.max(axes, options),
  logSumExp,
  variance,
};

/** The cases of `tensor.json`: matrix products, broadcast arithmetic, reductions. */
export const tensorFunction: GoldenFunction = (inputs, config) => {
  const { op, axes, keepDims } = config;
  if (typeof op !== 'string') return matrixProduct(inputs, config);
  if (op in reductions) {
    return reductions[op]!(inputs['x']!, axes as number[], { keepDims: keepDims === true });
  }
  return inputs['a']![op as 'add' | 'sub' | 'mul' | 'div' | 'maximum'](inputs['b']!);
};

const matrixProduct: GoldenFunction = ({ a, b }, { transposeA, transposeB }) => {
  const left = transposeA === true ? a!.transpose() : a!;
  const right = transposeB === true ? b!.transpose() : b!;
  return left.matMul(right);
};

/** The cases of `activations.json`. */
export const activations: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  relu,
  sigmoid,
  tanh,
  exp,
  erf: (x) => x.erf(),
  log1p: (x) => x.abs().log1p(),
  softmax,
  logSoftmax,
  softplus,
  silu,
  elu,
  leakyRelu,
  gelu,
  geluTanh: (x) => gelu(x, { approximate: 'tanh' }),
};

const crossEntropy: GoldenFunction = ({ logits, labels }) => {
  const chosen = oneHot(labels!.cast('int32'), logits!.shape.at(-1)!).cast(logits!.dtype);
  return logSoftmax(logits!).mul(chosen).sum(-1).neg();
};

/** The elements of each loss of `losses.json`, before they are summed or averaged. */
export const losses: Readonly<Record<string, GoldenFunction>> = {
  crossEntropy,
  mse: ({ prediction, target }) => prediction!.sub(target!).square(),
  bceWithLogits: ({ logits, target }) => softplus(logits!).sub(logits!.mul(target!)),
};

type PairOption = [number, number];

/** The cases of `conv2d.json`, with a bias per channel. */
export const convolution: GoldenFunction = ({ x, weight, bias }, config) => {
  const product = conv2d(x!, weight!, {
    stride: config['stride'] as PairOption,
    padding: config['padding'] as Padding2d,
    dilation: config['dilation'] as PairOption,
    groups: config['groups'] as number,
  });
  return product.add(bias!.reshape([1, -1, 1, 1]));
};

/** The cases of `pool2d.json`. */
export const pooling: GoldenFunction = ({ x }, config) => {
  const options = {
    kernelSize: config['kernel'] as number,
    stride: config['stride'] as number,
    padding: config['padding'] as number,
  };
  return config['kind'] === 'max'
    ? maxPool2d(x!, options)
    : avgPool2d(x!, { ...options, countIncludePad: config['countIncludePad'] === true });
};

/**
 * The cases of `normalization.json`: over the batch, by running statistics where they are given,
 * and over rows.
 */
export const normalization: GoldenFunction = (inputs, config) => {
  const { x, weight, bias, runningMean, runningVar } = inputs;
  const isOfRows = x!.rank === 2;
  const axes = isOfRows ? [1] : [0, 2, 3];
  const wide = (values: Tensor): Tensor => (isOfRows ? values : values.reshape([-1, 1, 1]));
  const keepDims = { keepDims: true };
  const mean = runningMean === undefined ? x!.mean(axes, keepDims) : wide(runningMean);
  const spread = runningVar === undefined ? variance(x!, axes, keepDims) : wide(runningVar);
  const deviation = spread.add(config['eps'] as number).sqrt();
  return x!.sub(mean).div(deviation).mul(wide(weight!)).add(wide(bias!));
};
