import {
  ArgumentError,
  conv2dInputGradient,
  formatShape,
  pairOf,
  ShapeError,
  windowFor,
  windowSettings,
  type Layer,
  type Pair,
  type Tensor,
  type Variable,
  type WindowSettings,
} from '@gradus/core';
import { checkPositiveInteger } from '@gradus/core/arguments';
import type { ActivationFunction } from './activation.js';
import { affineParameters, checkAffineOptions } from './affine.js';
import type { Conv2dOptions } from './conv2d.js';
import { activated, checkGroups } from './convolution.js';
import { signatureOf } from './describe.js';
import { imageSize } from './images.js';
import { checkDataType } from './validate.js';
import { describeWindow, times, windowOptionNames } from './window.js';

/** Those of the {@link Conv2d} layer that is transposed, and what its stride leaves open. */
export interface ConvTranspose2dOptions extends Conv2dOptions {
  /**
   * Rows and columns of the output beyond the last that the filters reach; less than the stride, 0
   * if not given. A convolution with a stride makes images of several sizes equally large, and this
   * says which of them comes back.
   */
  readonly outputPadding?: Pair | undefined;
}

/**
 * A transposed convolution, then a bias for each channel, then the activation: what a convolution
 * with these options sends back to its input, so it enlarges where that one shrinks. Input
 * `[n, inChannels, h, w]`, output `[n, outChannels, h', w']` with
 * h' = (h − 1) · stride − padding + dilation · (kernel − 1) + 1 + outputPadding, or h · stride for
 * padding `'same'`. Padding is that of the convolution: it is taken away from the output.
 *
 * The weight is `[inChannels, outChannels / groups, kernel height, kernel width]` and the bias
 * `[outChannels]`, as in PyTorch; as there, initialisers are told fanIn = outChannels / groups ·
 * kernel height · kernel width and fanOut = inChannels · kernel height · kernel width.
 */
export class ConvTranspose2d implements Layer {
  /** Channels of the input. */
  readonly inChannels: number;
  /** Channels of the output. */
  readonly outChannels: number;
  /** Kernel, stride, dilation and padding of the convolution that is transposed. */
  readonly window: WindowSettings;
  /** Rows and columns of the output beyond the last that the filters reach. */
  readonly outputPadding: readonly [height: number, width: number];
  /** Groups of channels that do not see each other. */
  readonly groups: number;
  /** `[inChannels, outChannels / groups, kernel height, kernel width]`. */
  readonly weight: Variable;
  /** `[outChannels]`, or undefined for `bias: false`. */
  readonly bias: Variable | undefined;
  /** Applied last, if there is one. */
  readonly activation: ActivationFunction | undefined;

  /**
   * Draws the initial parameters.
   *
   * @param inChannels Channels of the input, at least 1.
   * @param outChannels Channels of the output, at least 1.
   * @throws ArgumentError for channels that are not positive integers or do not divide into groups,
   *   and for unknown or unfit options.
   */
  constructor(inChannels: number, outChannels: number, options: ConvTranspose2dOptions) {
    checkPositiveInteger('ConvTranspose2d', 'inChannels', inChannels);
    checkPositiveInteger('ConvTranspose2d', 'outChannels', outChannels);
    const name = `ConvTranspose2d(${inChannels}, ${outChannels})`;
    checkAffineOptions(name, options, [...windowOptionNames, 'outputPadding', 'groups']);
    const { kernelSize, groups = 1, outputPadding = 0 } = options;
    checkGroups(name, inChannels, outChannels, groups);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.window = windowSettings(name, { ...options, kernel: kernelSize });
    this.outputPadding = pairOf(name, 'outputPadding', outputPadding, 0);
    checkOutputPadding(name, this.outputPadding, this.window);
    this.groups = groups;
    const shape = [inChannels, outChannels / groups, ...this.window.kernel];
    const { weight, bias } = affineParameters(name, shape, outChannels, options);
    this.weight = weight;
    this.bias = bias;
    this.activation = options.activation;
  }

  /**
   * Maps `[n, inChannels, h, w]` to `[n, outChannels, h', w']`.
   *
   * @throws ShapeError for another rank or number of channels and where padding leaves nothing of
   *   the output, DataTypeError when the dtype is not that of the weight.
   */
  forward(input: Tensor): Tensor {
    const size = imageSize(this, input, this.inChannels);
    checkDataType(this, input, this.weight.dtype);
    const [height, width] = this.#outputSize(size);
    const window = windowFor(this.toString(), [height, width], this.window);
    const shape = [input.shape[0]!, this.outChannels, height, width];
    const convolution = { ...window, groups: this.groups };
    return activated(this, conv2dInputGradient(input, this.weight, shape, convolution));
  }

  /** As in `ConvTranspose2d(6, 1, kernelSize 3×3, stride 2×2, padding same, sigmoid)`. */
  toString(): string {
    const { inChannels, outChannels, window, outputPadding, groups, activation } = this;
    const more = times(outputPadding) !== '0×0' && `outputPadding ${times(outputPadding)}`;
    const grouped = groups > 1 && `groups ${groups}`;
    const parts = [inChannels, outChannels, ...describeWindow(window), more, grouped, activation];
    return signatureOf('ConvTranspose2d', parts);
  }

  #outputSize(size: readonly [number, number]): readonly [number, number] {
    const { kernel, stride, dilation, padding } = this.window;
    const extent = (axis: 0 | 1): number => {
      if (padding === 'same') return size[axis] * stride[axis];
      const { top, bottom, left, right } = padding;
      const span = (kernel[axis] - 1) * dilation[axis] + 1;
      const taken = axis === 0 ? top + bottom : left + right;
      return (size[axis] - 1) * stride[axis] + span + this.outputPadding[axis] - taken;
    };
    const extents = [extent(0), extent(1)] as const;
    if (Math.min(...size, ...extents) < 1) {
      throw new ShapeError(
        `${this.toString()}: images of ${times(size)} would become ${times(extents)}; ` +
          'use larger images or less padding.',
      );
    }
    return extents;
  }
}

function checkOutputPadding(
  layer: string,
  outputPadding: readonly [number, number],
  { stride, padding }: WindowSettings,
): void {
  if (padding === 'same' && Math.max(...outputPadding) > 0) {
    throw new ArgumentError(
      `${layer}: outputPadding must be 0 for padding 'same', whose output is stride times the ` +
        `input, got ${formatShape(outputPadding)}.`,
    );
  }
  if (outputPadding.some((extent, axis) => extent >= stride[axis]!)) {
    throw new ArgumentError(
      `${layer}: outputPadding must be less than the stride ${formatShape(stride)}, ` +
        `got ${formatShape(outputPadding)}.`,
    );
  }
}
