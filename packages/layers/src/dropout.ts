import {
  ArgumentError,
  drawKey,
  randomBernoulli,
  where,
  type ForwardContext,
  type Layer,
  type Tensor,
} from '@gradus/core';
import { shown } from '@gradus/core/arguments';

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
    checkRate('Dropout', 'the rate', rate);
    this.rate = rate;
  }

  /**
   * Any shape, unchanged.
   *
   * @throws TraceError in training, when the context has no random key.
   */
  forward(input: Tensor, context?: ForwardContext): Tensor {
    return dropElements(this, input, this.rate, context);
  }

  /** As in `Dropout(0.25)`. */
  toString(): string {
    return `Dropout(${this.rate})`;
  }
}

/** Throws unless `rate` is the probability of dropping something. */
export function checkRate(layer: string, name: string, rate: number): void {
  if (Number.isFinite(rate) && rate >= 0 && rate < 1) return;
  throw new ArgumentError(
    `${layer}: ${name} is the probability of dropping and must be in [0, 1), got ${shown(rate)}.`,
  );
}

/**
 * What a {@link Dropout} of `rate` makes of `input`, on behalf of `layer`.
 *
 * @param maskShape Of what is drawn; broadcasts to that of the input, which it is if not given.
 */
export function dropElements(
  layer: { toString(): string },
  input: Tensor,
  rate: number,
  context: ForwardContext | undefined,
  maskShape = input.shape,
): Tensor {
  if (context?.training !== true || rate === 0) return input;
  const keep = 1 - rate;
  const kept = randomBernoulli(drawKey(context, layer.toString()), maskShape, keep);
  return where(kept, input.div(keep), 0);
}
