import {
  windowSettings,
  type Layer,
  type Tensor,
  type Variable,
  type WindowSettings,
} from '@gradus/core';
import { checkPositiveInteger } from '@gradus/core/arguments';
import type { ActivationFunction } from './activation.js';
import { affineParameters, checkAffineOptions } from './affine.js';
import type { Conv2dOptions } from './conv2d.js';
import { convolve } from './convolution.js';
import { signatureOf } from './describe.js';
import { describeWindow, windowOptionNames } from './window.js';

/** Those of a {@link Conv2d} layer, which are all of a {@link DepthwiseConv2d} but one. */
export interface DepthwiseConv2dOptions extends Omit<Conv2dOptions, 'groups'> {
  /** How many filters each channel has; 1 if not given. */
  readonly multiplier?: number | undefined;
}

/**
 * A convolution in which every channel is seen by filters of its own and no others: a
 * {@link Conv2d} with as many groups as channels. Input `[n, channels, h, w]`, output
 * `[n, channels · multiplier, h', w']`, those of the first channel first. A `Conv2d` of kernel size
 * 1 behind it mixes the channels again: together they are a separable convolution.
 *
 * The weight is `[channels · multiplier, 1, kernel height, kernel width]` and the bias
 * `[channels · multiplier]`, as in PyTorch; initialisers are told fanIn = kernel height · kernel
 * width and fanOut = channels · multiplier · kernel height · kernel width, as there.
 */
export class DepthwiseConv2d implements Layer {
  /** Channels of the input. */
  readonly channels: number;
  /** How many filters each channel has. */
  readonly multiplier: number;
  /** Kernel, stride, dilation and padding. */
  readonly window: WindowSettings;
  /** `[channels · multiplier, 1, kernel height, kernel width]`. */
  readonly weight: Variable;
  /** `[channels · multiplier]`, or undefined for `bias: false`. */
  readonly bias: Variable | undefined;
  /** Applied last, if there is one. */
  readonly activation: ActivationFunction | undefined;

  /**
   * Draws the initial parameters.
   *
   * @param channels Channels of the input, at least 1.
   * @throws ArgumentError for channels that are not a positive integer and for unknown or unfit
   *   options.
   */
  constructor(channels: number, options: DepthwiseConv2dOptions) {
    checkPositiveInteger('DepthwiseConv2d', 'channels', channels);
    const name = `DepthwiseConv2d(${channels})`;
    checkAffineOptions(name, options, [...windowOptionNames, 'multiplier']);
    const { kernelSize, multiplier = 1 } = options;
    checkPositiveInteger(name, 'multiplier', multiplier);
    this.channels = channels;
    this.multiplier = multiplier;
    this.window = windowSettings(name, { ...options, kernel: kernelSize });
    const outputs = channels * multiplier;
    const shape = [outputs, 1, ...this.window.kernel];
    const { weight, bias } = affineParameters(name, shape, outputs, options);
    this.weight = weight;
    this.bias = bias;
    this.activation = options.activation;
  }

  /** Each channel is a group. */
  get groups(): number {
    return this.channels;
  }

  /**
   * Maps `[n, channels, h, w]` to `[n, channels · multiplier, h', w']`.
   *
   * @throws ShapeError for another rank or number of channels and for images smaller than the
   *   kernel, DataTypeError when the dtype is not that of the weight.
   */
  forward(input: Tensor): Tensor {
    return convolve(this, input, this.channels);
  }

  /** As in `DepthwiseConv2d(8, multiplier 2, kernelSize 3×3, relu)`. */
  toString(): string {
    const multiplied = this.multiplier > 1 && `multiplier ${this.multiplier}`;
    const parts = [this.channels, multiplied, ...describeWindow(this.window), this.activation];
    return signatureOf('DepthwiseConv2d', parts);
  }
}
