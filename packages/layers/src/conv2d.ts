import {
  windowSettings,
  type Layer,
  type PaddingOption,
  type Pair,
  type Tensor,
  type Variable,
  type WindowSettings,
} from '@gradus/core';
import { checkPositiveInteger } from '@gradus/core/arguments';
import type { ActivationFunction } from './activation.js';
import { affineParameters, checkAffineOptions, type AffineOptions } from './affine.js';
import { checkGroups, convolve } from './convolution.js';
import { signatureOf } from './describe.js';
import { describeWindow, windowOptionNames } from './window.js';

/** The window of a {@link Conv2d} layer, its groups, and how its parameters begin. */
export interface Conv2dOptions extends AffineOptions {
  /** Height and width of the filters, or one number for both. */
  readonly kernelSize: Pair;
  /** How far the filters move down and right; 1 if not given. */
  readonly stride?: Pair | undefined;
  /**
   * What surrounds the images with zeros: a number of elements, `[vertical, horizontal]`, one number
   * per side, `'valid'` (none, the default) or `'same'` (the output is ⌈size / stride⌉; an odd
   * element goes to the end, as in TensorFlow).
   */
  readonly padding?: PaddingOption | undefined;
  /** How far apart the elements are that a filter sees; 1 if not given. */
  readonly dilation?: Pair | undefined;
  /** Groups of channels that do not see each other; 1 if not given. */
  readonly groups?: number | undefined;
}

/**
 * A convolution of images (in truth a cross-correlation: filters are not flipped), then a bias for
 * each channel, then the activation. Input `[n, inChannels, h, w]`, output
 * `[n, outChannels, h', w']` with h' = ⌊(h + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1.
 *
 * The weight is `[outChannels, inChannels / groups, kernel height, kernel width]` and the bias
 * `[outChannels]`, as in PyTorch; as there, initialisers are told fanIn = inChannels / groups ·
 * kernel height · kernel width and fanOut = outChannels · kernel height · kernel width.
 */
export class Conv2d implements Layer {
  /** Channels of the input. */
  readonly inChannels: number;
  /** Channels of the output. */
  readonly outChannels: number;
  /** Kernel, stride, dilation and padding. */
  readonly window: WindowSettings;
  /** Groups of channels that do not see each other. */
  readonly groups: number;
  /** `[outChannels, inChannels / groups, kernel height, kernel width]`. */
  readonly weight: Variable;
  /** `[outChannels]`, or undefined for `bias: false`. */
  readonly bias: Variable | undefined;
  /** Applied last, if there is one. */
  readonly activation: ActivationFunction | undefined;

  /**
   * Draws the initial parameters.
   *
   * @param inChannels Channels of the input, at least 1.
   * @param outChannels Channels of the output, at least 1: so many filters.
   * @throws ArgumentError for channels that are not positive integers or do not divide into groups,
   *   and for unknown or unfit options.
   */
  constructor(inChannels: number, outChannels: number, options: Conv2dOptions) {
    checkPositiveInteger('Conv2d', 'inChannels', inChannels);
    checkPositiveInteger('Conv2d', 'outChannels', outChannels);
    const name = `Conv2d(${inChannels}, ${outChannels})`;
    checkAffineOptions(name, options, [...windowOptionNames, 'groups']);
    const { kernelSize, groups = 1 } = options;
    checkGroups(name, inChannels, outChannels, groups);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.window = windowSettings(name, { ...options, kernel: kernelSize });
    this.groups = groups;
    const shape = [outChannels, inChannels / groups, ...this.window.kernel];
    const { weight, bias } = affineParameters(name, shape, outChannels, options);
    this.weight = weight;
    this.bias = bias;
    this.activation = options.activation;
  }

  /**
   * Maps `[n, inChannels, h, w]` to `[n, outChannels, h', w']`.
   *
   * @throws ShapeError for another rank or number of channels and for images smaller than the
   *   kernel, DataTypeError when the dtype is not that of the weight.
   */
  forward(input: Tensor): Tensor {
    return convolve(this, input, this.inChannels);
  }

  /** As in `Conv2d(1, 6, kernelSize 6×6, padding same, relu)`. */
  toString(): string {
    const { inChannels, outChannels, window, groups, activation } = this;
    const grouped = groups > 1 && `groups ${groups}`;
    const parts = [inChannels, outChannels, ...describeWindow(window), grouped, activation];
    return signatureOf('Conv2d', parts);
  }
}
