import type { ForwardContext, Layer, Tensor } from '@gradus/core';
import { checkRate, dropElements } from './dropout.js';
import { imageSize } from './images.js';

/**
 * In training, replaces whole channels by 0 with probability `rate` and divides the others by
 * 1 − rate: neighbours in an image are so alike that dropping elements alone hides nothing. In
 * evaluation it changes nothing. Tompson et al., "Efficient object localization using convolutional
 * networks", 2015.
 */
export class SpatialDropout2d implements Layer {
  /** The probability of dropping a channel, in [0, 1). */
  readonly rate: number;

  /**
   * A layer that drops at `rate`.
   *
   * @throws ArgumentError when `rate` is not in [0, 1).
   */
  constructor(rate: number) {
    checkRate('SpatialDropout2d', 'the rate', rate);
    this.rate = rate;
  }

  /**
   * Images `[n, c, h, w]`, unchanged in shape; each image drops channels of its own.
   *
   * @throws ShapeError for another rank, TraceError in training when the context has no random key.
   */
  forward(input: Tensor, context?: ForwardContext): Tensor {
    imageSize(this, input);
    const [count = 0, channels = 0] = input.shape;
    return dropElements(this, input, this.rate, context, [count, channels, 1, 1]);
  }

  /** As in `SpatialDropout2d(0.25)`. */
  toString(): string {
    return `SpatialDropout2d(${this.rate})`;
  }
}
