import {
  avgPool2d,
  poolingSettings,
  windowFor,
  type Layer,
  type PoolingOptions,
  type Tensor,
  type WindowSettings,
} from '@gradus/core';
import { checkBoolean, checkOptionNames } from '@gradus/core/arguments';
import { signatureOf } from './describe.js';
import { imageSize } from './images.js';
import { checkFloatingInput } from './validate.js';
import { describeWindow, windowOptionNames } from './window.js';

/** The window of an {@link AvgPool2d} layer, and what its padding counts for. */
export interface AvgPool2dOptions extends PoolingOptions {
  /** Whether padding counts as zeros in the mean (true, as in PyTorch) or not at all. */
  readonly countIncludePad?: boolean | undefined;
}

/**
 * The mean of each window: `[n, c, h, w]` to `[n, c, h', w']` with
 * h' = ⌊(h + padding − dilation · (kernel − 1) − 1) / stride⌋ + 1.
 */
export class AvgPool2d implements Layer {
  /** Kernel, stride, dilation and padding. */
  readonly window: WindowSettings;
  /** Whether padding counts as zeros in the mean. */
  readonly countIncludePad: boolean;

  /**
   * Pools over windows of `kernelSize`, which lie side by side unless a `stride` is given.
   *
   * @throws ArgumentError for unknown or unfit options.
   */
  constructor(options: AvgPool2dOptions) {
    checkOptionNames('AvgPool2d', options, [...windowOptionNames, 'countIncludePad']);
    const { countIncludePad = true, ...window } = options;
    checkBoolean('AvgPool2d', 'countIncludePad', countIncludePad);
    this.window = poolingSettings('AvgPool2d', window);
    this.countIncludePad = countIncludePad;
  }

  /**
   * Maps `[n, c, h, w]` of a floating-point dtype to `[n, c, h', w']`.
   *
   * @throws ShapeError for another rank and for images smaller than the window, DataTypeError for
   *   other dtypes.
   */
  forward(input: Tensor): Tensor {
    const size = imageSize(this, input);
    checkFloatingInput(this, input);
    const { kernel, ...placement } = windowFor(this.toString(), size, this.window);
    const { countIncludePad } = this;
    return avgPool2d(input, { kernelSize: kernel, ...placement, countIncludePad });
  }

  /** As in `AvgPool2d(kernelSize 3×3, stride 2×2, padding 1×1, countIncludePad false)`. */
  toString(): string {
    const excluded = !this.countIncludePad && 'countIncludePad false';
    const window = describeWindow(this.window, this.window.kernel);
    return signatureOf('AvgPool2d', [...window, excluded]);
  }
}
