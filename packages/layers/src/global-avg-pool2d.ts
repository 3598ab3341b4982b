import type { Layer, Tensor } from '@gradus/core';
import { imageSize } from './images.js';
import { checkFloatingInput } from './validate.js';

/** The mean of each channel over the whole image, of whatever size: `[n, c, h, w]` to `[n, c]`. */
export class GlobalAvgPool2d implements Layer {
  /**
   * Maps `[n, c, h, w]` of a floating-point dtype to `[n, c]`; of images without elements the mean
   * is NaN.
   *
   * @throws ShapeError for another rank, DataTypeError for other dtypes.
   */
  forward(input: Tensor): Tensor {
    imageSize(this, input);
    checkFloatingInput(this, input);
    return input.mean([2, 3]);
  }

  /** `GlobalAvgPool2d()`. */
  toString(): string {
    return 'GlobalAvgPool2d()';
  }
}
