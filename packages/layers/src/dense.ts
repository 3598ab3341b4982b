import {
  ArgumentError,
  DataTypeError,
  formatShape,
  isFloating,
  ShapeError,
  sizeOf,
  type DataType,
  type Layer,
  type Tensor,
  type Variable,
} from '@gradus/core';
import type { HostKey } from '@gradus/random';
import { nameOf, type ActivationFunction } from './activation.js';
import { zeros } from './initializers/constant.js';
import type { Initializer } from './initializers/initializer.js';
import { glorotUniform } from './initializers/variance-scaling.js';
import { parameter } from './parameter.js';
import { layerKey } from './seed.js';
import { checkFunction, checkOptionNames, checkPositiveInteger } from './validate.js';

/** How a {@link Dense} layer differs from x Wᵀ + b in float32. */
export interface DenseOptions {
  /** Applied to the result: `relu`, `sigmoid`, `tanh` of `@gradus/core` or a function like them. */
  readonly activation?: ActivationFunction | undefined;
  /** Whether a bias is added; true if not given. */
  readonly bias?: boolean | undefined;
  /** Initial weight; `initializers.glorotUniform` if not given. */
  readonly weightInitializer?: Initializer | undefined;
  /** Initial bias; `initializers.zeros` if not given. */
  readonly biasInitializer?: Initializer | undefined;
  /** The key of the initial values; the next one after `setSeed` if not given. */
  readonly random?: HostKey | undefined;
  /** Floating-point dtype of the parameters and so of the input; float32 if not given. */
  readonly dtype?: DataType | undefined;
}

const optionNames = [
  'activation',
  'bias',
  'weightInitializer',
  'biasInitializer',
  'random',
  'dtype',
];

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
    const { activation, bias = true, dtype = 'float32' } = options;
    checkPositiveInteger('Dense', 'inFeatures', inFeatures);
    checkPositiveInteger('Dense', 'outFeatures', outFeatures);
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    const sizes = `Dense(${inFeatures}, ${outFeatures})`;
    checkOptions(sizes, options);
    this.activation = activation;
    const key = layerKey(sizes, options.random);
    const fans = { dtype, fanIn: inFeatures, fanOut: outFeatures };
    const { weightInitializer = glorotUniform, biasInitializer = zeros } = options;
    const weight = { ...fans, initializer: weightInitializer, key: key.fold(0) };
    this.weight = parameter(`${sizes}.weight`, [outFeatures, inFeatures], weight);
    const offset = { ...fans, initializer: biasInitializer, key: key.fold(1) };
    this.bias = bias ? parameter(`${sizes}.bias`, [outFeatures], offset) : undefined;
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
    const activation = this.activation === undefined ? '' : `, ${nameOf(this.activation)}`;
    return `Dense(${this.inFeatures}, ${this.outFeatures}${activation})`;
  }

  #check({ shape, dtype }: Tensor): void {
    if (shape.at(-1) !== this.inFeatures) {
      const flattens = sizeOf(shape.slice(1)) === this.inFeatures;
      throw new ShapeError(
        `${this.toString()}: expected the last axis to be ${this.inFeatures}, got ${formatShape(shape)}` +
          (flattens ? '; add a Flatten layer before it.' : '.'),
      );
    }
    if (dtype !== this.weight.dtype) {
      throw new DataTypeError(
        `${this.toString()}: expected ${this.weight.dtype} input, got ${dtype}; ` +
          `cast it: x.cast('${this.weight.dtype}').`,
      );
    }
  }
}

function checkOptions(layer: string, options: DenseOptions): void {
  checkOptionNames(layer, options, optionNames);
  const { activation, bias = true, dtype = 'float32' } = options;
  if (activation !== undefined) {
    checkFunction(layer, 'activation', activation, 'relu of @gradus/core');
  }
  if (typeof bias !== 'boolean') {
    throw new ArgumentError(
      `${layer}: bias must be true or false; biasInitializer sets its values.`,
    );
  }
  for (const name of ['weightInitializer', 'biasInitializer'] as const) {
    const value = options[name];
    if (value !== undefined) checkFunction(layer, name, value, 'initializers.heUniform');
  }
  if (!isFloating(dtype)) {
    throw new ArgumentError(`${layer}: dtype must be a floating-point one, got ${dtype}.`);
  }
}
