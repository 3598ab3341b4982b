import {
  DataTypeError,
  maxPool2d,
  poolingSettings,
  windowFor,
  type Layer,
  type PoolingOptions,
  type Tensor,
  type WindowSettings,
} from '@gradus/core';
import { checkOptionNames } from '@gradus/core/arguments';
import { signatureOf } from './describe.js';
import { imageSize } from './images.js';
import { describeWindow, windowOptionNames } from './window.js';

/**
 * The greatest element of each window: `[n, c, h, w]` to `[n, c, h', w']` with
 * h' = ⌊(h + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1. Padding never wins, NaN always
 * does; of equal elements the first one gets the gradient, as in PyTorch.
 */
export class MaxPool2d implements Layer {
  /** Kernel, stride, dilation and padding. */
  readonly window: WindowSettings;

  /**
   * Pools over windows of `kernelSize`, which lie side by side unless a `stride` is given.
   *
   * @throws ArgumentError for unknown or unfit options.
   */
  constructor(options: PoolingOptions) {
    checkOptionNames('MaxPool2d', options, windowOptionNames);
    this.window = poolingSettings('MaxPool2d', options);
  }

  /**
   * Maps `[n, c, h, w]` to `[n, c, h', w']`, of any dtype but bool.
   *
   * @throws ShapeError for another rank and for images smaller than the window, DataTypeError for
   *   bool.
   */
  forward(input: Tensor): Tensor {
    const name = this.toString();
    const size = imageSize(this, input);
    if (input.dtype === 'bool') throw new DataTypeError(`${name}: expected numbers, got bool.`);
    const { kernel, ...placement } = windowFor(name, size, this.window);
    return maxPool2d(input, { kernelSize: kernel, ...placement });
  }

  /** As in `MaxPool2d(kernelSize 2×2)`. */
  toString(): string {
    return signatureOf('MaxPool2d', describeWindow(this.window, this.window.kernel));
  }
}
