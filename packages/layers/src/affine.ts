import { sizeOf, type DataType, type Shape, type Variable } from '@gradus/core';
import { checkBoolean, checkOptionNames } from '@gradus/core/arguments';
import type { HostKey } from '@gradus/random';
import type { ActivationFunction } from './activation.js';
import { zeros } from './initializers/constant.js';
import type { Initializer } from './initializers/initializer.js';
import { glorotUniform } from './initializers/variance-scaling.js';
import { parameter } from './parameter.js';
import { layerKey } from './seed.js';
import { checkFloating, checkFunction } from './validate.js';

/** The options of layers that multiply by a weight, add a bias and apply an activation. */
export interface AffineOptions {
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

const affineOptionNames = [
  'activation',
  'bias',
  'weightInitializer',
  'biasInitializer',
  'random',
  'dtype',
];

/**
 * Throws an ArgumentError that names `layer` unless the affine options are fit and all others are
 * among `ownNames`.
 */
export function checkAffineOptions(
  layer: string,
  options: AffineOptions,
  ownNames: readonly string[] = [],
): void {
  checkOptionNames(layer, options, [...ownNames, ...affineOptionNames]);
  const { activation, bias = true, dtype = 'float32' } = options;
  if (activation !== undefined) {
    checkFunction(layer, 'activation', activation, 'relu of @gradus/core');
  }
  checkBoolean(layer, 'bias', bias);
  for (const name of ['weightInitializer', 'biasInitializer'] as const) {
    const value = options[name];
    if (value !== undefined) checkFunction(layer, name, value, 'initializers.heUniform');
  }
  checkFloating(layer, dtype);
}

/**
 * Draws the weight, and the bias of one number for each of `outputs` unless `bias` is false. The
 * fans are what PyTorch's `_calculate_fan_in_and_fan_out` gives: the second and the first extent of
 * the weight, each times the size of a kernel.
 */
export function affineParameters(
  layer: string,
  weightShape: Shape,
  outputs: number,
  options: AffineOptions,
): { readonly weight: Variable; readonly bias: Variable | undefined } {
  const { bias = true, dtype = 'float32' } = options;
  const { weightInitializer = glorotUniform, biasInitializer = zeros } = options;
  const key = layerKey(layer, options.random);
  const [first = 1, second = 1, ...kernel] = weightShape;
  const fans = { dtype, fanIn: second * sizeOf(kernel), fanOut: first * sizeOf(kernel) };
  const make = (name: string, shape: Shape, initializer: Initializer, fold: number): Variable =>
    parameter(`${layer}.${name}`, shape, { ...fans, initializer, key: key.fold(fold) });
  return {
    weight: make('weight', weightShape, weightInitializer, 0),
    bias: bias ? make('bias', [outputs], biasInitializer, 1) : undefined,
  };
}
