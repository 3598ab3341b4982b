import {
  ArgumentError,
  asTensor,
  div,
  formatShape,
  ones,
  ShapeError,
  sub,
  Variable,
  zeros,
  type ForwardContext,
  type Layer,
  type Tensor,
  type TensorLike,
} from '@gradus/core';
import { checkBoolean, checkPositiveInteger, shown } from '@gradus/core/arguments';
import { nameOf, type ActivationFunction } from './activation.js';
import { normalize } from './normalize.js';
import {
  checkNormalizationOptions,
  scaleAndOffset,
  type NormalizationOptions,
} from './normalization-options.js';
import { pyTorchNames, type NamedAsInPyTorch } from './py-torch-naming.js';
import { checkDataType, checkFunction } from './validate.js';

/** How a {@link BatchNorm} layer differs from PyTorch's defaults. */
export interface BatchNormOptions extends NormalizationOptions {
  /**
   * How much of the running statistics a step keeps, in [0, 1): 1 − PyTorch's momentum. 0.9 if not
   * given.
   */
  readonly decay?: number | undefined;
  /** Whether the first steps keep less, min(decay, (1 + n) / (10 + n)) in step n; false if not given. */
  readonly warmUp?: boolean | undefined;
  /** Applied to the result: `relu`, `sigmoid`, `tanh` of `@gradus/core` or a function like them. */
  readonly activation?: ActivationFunction | undefined;
}

/**
 * Batch normalisation: (x − mean) / √(variance + ε) · scale + offset, then the activation. Input
 * and output are `[batch, features, …]`; each feature has a mean and a variance of its own, over
 * the batch and all axes that follow, the pixels of an image for instance. Ioffe and Szegedy,
 * "Batch normalization: accelerating deep network training by reducing internal covariate shift",
 * 2015.
 *
 * In training these are the mean and the (biased) variance of the batch, and every call of
 * `forward` moves the running statistics towards them: running ← decay · running + (1 − decay) ·
 * batch, where the variance is the unbiased one, as in PyTorch. In evaluation the running
 * statistics normalise, so that an example's result does not depend on its batch.
 *
 * With one value per feature (a single example) there is nothing to compare with: the result is
 * the offset, gradients are 0, and 0 counts as the variance. A batch without examples passes as in
 * evaluation and leaves the statistics alone.
 */
export class BatchNorm implements Layer, NamedAsInPyTorch {
  /** Extent of the input's second axis. */
  readonly features: number;
  /** How much of the running statistics a step keeps. */
  readonly decay: number;
  /** Added to the variance. */
  readonly epsilon: number;
  /** Whether the first steps keep less of the running statistics. */
  readonly warmUp: boolean;
  /** Applied last, if there is one. */
  readonly activation: ActivationFunction | undefined;
  /** `[features]`, or undefined for `scale: false`. */
  readonly scale: Variable | undefined;
  /** `[features]`, or undefined for `offset: false`. */
  readonly offset: Variable | undefined;
  /** `[features]`, at first 0; a statistic, not a parameter. */
  readonly runningMean: Variable;
  /** `[features]`, at first 1; a statistic. */
  readonly runningVariance: Variable;
  /** How many batches the running statistics have seen: an int32 scalar, a statistic. */
  readonly batchCount: Variable;

  /**
   * A layer that has seen no batch.
   *
   * @param features Extent of the input's second axis, at least 1.
   * @throws ArgumentError when it is not a positive integer and for unknown or unfit options.
   */
  constructor(features: number, options: BatchNormOptions = {}) {
    checkPositiveInteger('BatchNorm', 'features', features);
    const name = `BatchNorm(${features})`;
    checkOptions(name, options);
    const { decay = 0.9, epsilon = 1e-5, warmUp = false, dtype = 'float32' } = options;
    const { scale, offset } = scaleAndOffset(name, [features], options);
    const statistic = (statisticName: string, initial: Tensor): Variable =>
      new Variable(initial, { name: `${name}.${statisticName}`, trainable: false });
    this.features = features;
    this.decay = decay;
    this.epsilon = epsilon;
    this.warmUp = warmUp;
    this.activation = options.activation;
    this.scale = scale;
    this.offset = offset;
    this.runningMean = statistic('runningMean', zeros([features], dtype));
    this.runningVariance = statistic('runningVariance', ones([features], dtype));
    this.batchCount = statistic('batchCount', zeros([], 'int32'));
  }

  /** In PyTorch statistics have underscores, and scale and offset are called weight and bias. */
  get [pyTorchNames](): Readonly<Record<string, string>> {
    return {
      scale: 'weight',
      offset: 'bias',
      runningMean: 'running_mean',
      runningVariance: 'running_var',
      batchCount: 'num_batches_tracked',
    };
  }

  /**
   * Maps `[batch, features, …]` to the same shape; in training it also assigns the statistics.
   *
   * @throws ShapeError when the second axis is not `features`, DataTypeError when the dtype is not
   *   that of the layer.
   */
  forward(input: Tensor, context?: ForwardContext): Tensor {
    this.#check(input);
    const training = context?.training === true && input.size > 0;
    const output = training ? this.#normalizeByBatch(input) : this.#normalizeByRunning(input);
    return this.activation === undefined ? output : this.activation(output);
  }

  /** As in `BatchNorm(24, relu)`. */
  toString(): string {
    const activation = this.activation === undefined ? '' : `, ${nameOf(this.activation)}`;
    return `BatchNorm(${this.features}${activation})`;
  }

  #normalizeByBatch(input: Tensor): Tensor {
    const axes = input.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    const { output, mean, variance } = normalize(input, axes, this.epsilon);
    this.#track(mean, variance, input.size / this.features);
    const scaled = this.scale === undefined ? output : output.mul(perFeature(this.scale, input));
    return this.offset === undefined ? scaled : scaled.add(perFeature(this.offset, input));
  }

  /** As one product and one sum for each element, which join the kernel that makes the input. */
  #normalizeByRunning(input: Tensor): Tensor {
    const deviation = this.runningVariance.value.add(this.epsilon).sqrt();
    const factor = div(this.scale ?? 1, deviation);
    const offset = sub(this.offset ?? 0, this.runningMean.value.mul(factor));
    return input.mul(perFeature(factor, input)).add(perFeature(offset, input));
  }

  #track(mean: Tensor, variance: Tensor, count: number): void {
    const unbiased = count > 1 ? variance.mul(count / (count - 1)) : variance;
    const rate = this.#rate();
    const move = (running: Variable, batch: Tensor): void => {
      const difference = batch.reshape(running.shape).sub(running);
      running.assign(running.value.add(difference.mul(rate)));
    };
    move(this.runningMean, mean);
    move(this.runningVariance, unbiased);
    this.batchCount.assign(this.batchCount.value.add(1));
  }

  /** 1 − decay, the share of the batch; 1 − (1 + n) / (10 + n) is 9 / (10 + n). */
  #rate(): Tensor | number {
    if (!this.warmUp) return 1 - this.decay;
    const { dtype } = this.runningMean;
    const steps = this.batchCount.value.cast(dtype);
    return div(9, steps.add(10)).maximum(1 - this.decay);
  }

  #check(input: Tensor): void {
    const { shape } = input;
    if (shape[1] !== this.features) {
      const isLast = shape.length > 2 && shape.at(-1) === this.features;
      throw new ShapeError(
        `${this.toString()}: expected [batch, ${this.features}, …], got ${formatShape(shape)}` +
          (isLast ? '; transpose it, features are the second axis.' : '.'),
      );
    }
    checkDataType(this, input, this.runningMean.dtype);
  }
}

/** One value for each feature, shaped to be broadcast over the other axes of `input`. */
function perFeature(values: TensorLike, input: Tensor): Tensor {
  return asTensor(values).reshape([-1, ...input.shape.slice(2).map(() => 1)]);
}

function checkOptions(layer: string, options: BatchNormOptions): void {
  checkNormalizationOptions(layer, options, ['decay', 'warmUp', 'activation']);
  const { decay = 0.9, warmUp = false, activation } = options;
  if (!Number.isFinite(decay) || decay < 0 || decay >= 1) {
    throw new ArgumentError(
      `${layer}: decay is the share that the running statistics keep and must be in [0, 1), ` +
        `got ${shown(decay)}.`,
    );
  }
  checkBoolean(layer, 'warmUp', warmUp);
  if (activation !== undefined) {
    checkFunction(layer, 'activation', activation, 'relu of @gradus/core');
  }
}
