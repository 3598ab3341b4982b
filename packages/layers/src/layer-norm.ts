import {
  ArgumentError,
  formatShape,
  sameShape,
  ShapeError,
  type DataType,
  type Layer,
  type Shape,
  type Tensor,
  type Variable,
} from '@gradus/core';
import { checkPositiveInteger } from '@gradus/core/arguments';
import { normalize } from './normalize.js';
import {
  checkNormalizationOptions,
  scaleAndOffset,
  type NormalizationOptions,
} from './normalization-options.js';
import { pyTorchNames, type NamedAsInPyTorch } from './py-torch-naming.js';
import { checkDataType } from './validate.js';

/** How a {@link LayerNorm} layer differs from PyTorch's defaults. */
export type LayerNormOptions = NormalizationOptions;

/**
 * Layer normalisation: (x − mean) / √(variance + ε) · scale + offset, with the mean and the
 * (biased) variance of each example over the last axes. Input and output are `[…, ...shape]`. The
 * same in training and evaluation. Ba, Kiros and Hinton, "Layer normalization", 2016.
 */
export class LayerNorm implements Layer, NamedAsInPyTorch {
  /** The last axes of the input. */
  readonly shape: Shape;
  /** Added to the variance. */
  readonly epsilon: number;
  /** Floating-point dtype of the parameters and of the input. */
  readonly dtype: DataType;
  /** Shaped like the normalised axes, or undefined for `scale: false`. */
  readonly scale: Variable | undefined;
  /** Shaped like the normalised axes, or undefined for `offset: false`. */
  readonly offset: Variable | undefined;

  /**
   * A layer that normalises the last axes.
   *
   * @param shape Their extents, each at least 1; a number if it is one axis.
   * @throws ArgumentError for extents that are not positive integers and for unknown or unfit
   *   options.
   */
  constructor(shape: number | Shape, options: LayerNormOptions = {}) {
    const extents = Array.isArray(shape) ? [...(shape as Shape)] : [shape];
    if (extents.length === 0) {
      throw new ArgumentError('LayerNorm: shape needs at least one axis to normalise, got [].');
    }
    for (const extent of extents) checkPositiveInteger('LayerNorm', 'each extent', extent);
    this.shape = extents as Shape;
    const name = this.toString();
    checkNormalizationOptions(name, options);
    const { scale, offset } = scaleAndOffset(name, this.shape, options);
    this.epsilon = options.epsilon ?? 1e-5;
    this.dtype = options.dtype ?? 'float32';
    this.scale = scale;
    this.offset = offset;
  }

  /** In PyTorch scale and offset are called weight and bias. */
  get [pyTorchNames](): Readonly<Record<string, string>> {
    return { scale: 'weight', offset: 'bias' };
  }

  /**
   * Maps `[…, ...shape]` to the same shape.
   *
   * @throws ShapeError when the last axes are not `shape`, DataTypeError when the dtype is not that
   *   of the layer.
   */
  forward(input: Tensor): Tensor {
    this.#check(input);
    const axes = this.shape.map((_, position) => position - this.shape.length);
    const { output } = normalize(input, axes, this.epsilon);
    const scaled = this.scale === undefined ? output : output.mul(this.scale);
    return this.offset === undefined ? scaled : scaled.add(this.offset);
  }

  /** As in `LayerNorm(64)` or `LayerNorm([28, 28])`. */
  toString(): string {
    return `LayerNorm(${this.shape.length === 1 ? this.shape[0]! : formatShape(this.shape)})`;
  }

  #check(input: Tensor): void {
    const { shape } = input;
    if (!sameShape(shape.slice(-this.shape.length), this.shape)) {
      throw new ShapeError(
        `${this.toString()}: expected the last axes to be ${formatShape(this.shape)}, ` +
          `got ${formatShape(shape)}.`,
      );
    }
    checkDataType(this, input, this.dtype);
  }
}
