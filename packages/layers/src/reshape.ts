import {
  ArgumentError,
  formatShape,
  ShapeError,
  sizeOf,
  type Layer,
  type Shape,
  type Tensor,
} from '@gradus/core';
import { shown } from '@gradus/core/arguments';

/** Gives each example another shape: `[batch, …]` to `[batch, ...shape]`, in row-major order. */
export class Reshape implements Layer {
  /** The shape of an example of the output; one extent may be −1. */
  readonly shape: Shape;

  /**
   * A layer that keeps the batch.
   *
   * @param shape Without the batch. One extent may be −1, which is inferred; `[]` is one number for
   *   each example.
   * @throws ArgumentError when an extent is neither a positive integer nor the only −1.
   */
  constructor(shape: Shape) {
    const given: unknown = shape;
    if (!Array.isArray(given)) {
      throw new ArgumentError(
        `Reshape: expected the shape of an example, as [1, 28, 28], got ${shown(given)}.`,
      );
    }
    this.shape = [...shape];
    const wrong = this.shape.find(
      (extent) => !Number.isInteger(extent) || (extent < 1 && extent !== -1),
    );
    if (wrong !== undefined) {
      throw new ArgumentError(
        `${this.toString()}: extents must be positive integers, one may be -1; got ${shown(wrong)}.`,
      );
    }
    if (this.shape.filter((extent) => extent === -1).length > 1) {
      throw new ArgumentError(`${this.toString()}: only one extent may be -1, to be inferred.`);
    }
  }

  /**
   * Keeps the first axis.
   *
   * @throws ShapeError when an example does not have as many elements as `shape`, and for a scalar,
   *   which has no batch axis.
   */
  forward(input: Tensor): Tensor {
    const [batch, ...rest] = input.shape;
    if (batch === undefined) {
      throw new ShapeError(`${this.toString()}: expected a batch axis to keep, got a scalar.`);
    }
    const size = sizeOf(rest);
    const known = sizeOf(this.shape.filter((extent) => extent !== -1));
    const infers = this.shape.includes(-1);
    if (infers ? size % known !== 0 : size !== known) {
      throw new ShapeError(
        `${this.toString()}: each example of ${formatShape(input.shape)} has ${size} elements, ` +
          `expected ${infers ? 'a multiple of ' : ''}${known}.`,
      );
    }
    // Inferred here, since a batch of no examples has no size to infer it from.
    const example = this.shape.map((extent) => (extent === -1 ? size / known : extent));
    return input.reshape([batch, ...example]);
  }

  /** As in `Reshape([1, 28, 28])`. */
  toString(): string {
    return `Reshape(${formatShape(this.shape)})`;
  }
}
