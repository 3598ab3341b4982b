import {
  formatShape,
  ShapeError,
  sizeOf,
  type Layer,
  type Tensor,
  type Variable,
} from '@gradus/core';
import { checkPositiveInteger } from '@gradus/core/arguments';
import type { ActivationFunction } from './activation.js';
import { affineParameters, checkAffineOptions, type AffineOptions } from './affine.js';
import { signatureOf } from './describe.js';
import { checkDataType } from './validate.js';

/** How a {@link Dense} layer differs from x Wᵀ + b in float32. */
export type DenseOptions = AffineOptions;

/**
 * A fully connected layer: x Wᵀ + b over the last axis, then the activation. Input
 * `[…, inFeatures]`, output `[…, outFeatures]`; the weight is `[outFeatures, inFeatures]` and the
 * bias `[outFeatures]`, as in PyTorch.
 */
export class Dense implements Layer {
  /** Extent of the input's last axis. */
  readonly inFeatures: number;
  /** Extent of the output's last axis. */
  readonly outFeatures: number;
  /** `[outFeatures, inFeatures]`. */
  readonly weight: Variable;
  /** `[outFeatures]`, or undefined for `bias: false`. */
  readonly bias: Variable | undefined;
  /** Applied last, if there is one. */
  readonly activation: ActivationFunction | undefined;

  /**
   * Draws the initial parameters.
   *
   * @param inFeatures Extent of the input's last axis, at least 1.
   * @param outFeatures Extent of the output's last axis, at least 1.
   * @throws ArgumentError for sizes that are not positive integers and for unknown or unfit options.
   */
  constructor(inFeatures: number, outFeatures: number, options: DenseOptions = {}) {
    checkPositiveInteger('Dense', 'inFeatures', inFeatures);
    checkPositiveInteger('Dense', 'outFeatures', outFeatures);
    const sizes = `Dense(${inFeatures}, ${outFeatures})`;
    checkAffineOptions(sizes, options);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    const shape = [outFeatures, inFeatures];
    const { weight, bias } = affineParameters(sizes, shape, outFeatures, options);
    this.weight = weight;
    this.bias = bias;
    this.activation = options.activation;
  }

  /**
   * Maps `[…, inFeatures]` to `[…, outFeatures]`.
   *
   * @throws ShapeError when the last axis is not `inFeatures`, DataTypeError when the dtype is not
   *   that of the weight.
   */
  forward(input: Tensor): Tensor {
    this.#check(input);
    const leading = input.shape.slice(0, -1);
    // As one matrix, since a product of many small ones is slower.
    const rows = input.reshape([sizeOf(leading), this.inFeatures]);
    const product = rows.matMul(this.weight.value.transpose());
    const sum = this.bias === undefined ? product : product.add(this.bias);
    const output = this.activation === undefined ? sum : this.activation(sum);
    return output.reshape([...leading, this.outFeatures]);
  }

  /** As in `Dense(784, 100, relu)`. */
  toString(): string {
    return signatureOf('Dense', [this.inFeatures, this.outFeatures, this.activation]);
  }

  #check(input: Tensor): void {
    const { shape } = input;
    if (shape.at(-1) !== this.inFeatures) {
      const flattens = sizeOf(shape.slice(1)) === this.inFeatures;
      throw new ShapeError(
        `${this.toString()}: expected the last axis to be ${this.inFeatures}, got ${formatShape(shape)}` +
          (flattens ? '; add a Flatten layer before it.' : '.'),
      );
    }
    checkDataType(this, input, this.weight.dtype);
  }
}
