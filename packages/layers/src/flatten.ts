import { ShapeError, sizeOf, type Layer, type Tensor } from '@gradus/core';

/** Lays each example out as one row: `[batch, …]` to `[batch, features]`. */
export class Flatten implements Layer {
  /**
   * Keeps the first axis and joins the others.
   *
   * @throws ShapeError for a scalar, which has no batch axis.
   */
  forward(input: Tensor): Tensor {
    const [batch, ...rest] = input.shape;
    if (batch === undefined) {
      throw new ShapeError('Flatten(): expected a batch axis to keep, got a scalar.');
    }
    return input.reshape([batch, sizeOf(rest)]);
  }

  /** `Flatten()`. */
  toString(): string {
    return 'Flatten()';
  }
}
