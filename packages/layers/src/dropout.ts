import {
  ArgumentError,
  drawKey,
  randomBernoulli,
  where,
  type ForwardContext,
  type Layer,
  type Tensor,
} from '@gradus/core';
import { shown } from './validate.js';

/**
 * In training, replaces elements by 0 with probability `rate` and divides the others by 1 − rate,
 * so that the expectation stays what it is (inverted dropout; Srivastava et al., 2014). In
 * evaluation it changes nothing.
 */
export class Dropout implements Layer {
  /** The probability of dropping an element, in [0, 1). */
  readonly rate: number;

  /**
   * A layer that drops at `rate`.
   *
   * @throws ArgumentError when `rate` is not in [0, 1).
   */
  constructor(rate: number) {
    if (!Number.isFinite(rate) || rate < 0 || rate >= 1) {
      throw new ArgumentError(
        `Dropout: the rate is the probability of dropping and must be in [0, 1), got ${shown(rate)}.`,
      );
    }
    this.rate = rate;
  }

  /**
   * Any shape, unchanged.
   *
   * @throws TraceError in training, when the context has no random key.
   */
  forward(input: Tensor, context?: ForwardContext): Tensor {
    if (context?.training !== true || this.rate === 0) return input;
    const keep = 1 - this.rate;
    const kept = randomBernoulli(drawKey(context, this.toString()), input.shape, keep);
    return where(kept, input.div(keep), 0);
  }

  /** As in `Dropout(0.25)`. */
  toString(): string {
    return `Dropout(${this.rate})`;
  }
}
