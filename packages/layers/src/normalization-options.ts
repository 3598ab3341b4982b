import { ArgumentError, type DataType, type Shape, type Variable } from '@gradus/core';
import { checkBoolean, checkOptionNames, shown } from '@gradus/core/arguments';
import type { HostKey } from '@gradus/random';
import { ones, zeros } from './initializers/constant.js';
import type { Initializer } from './initializers/initializer.js';
import { parameter } from './parameter.js';
import { layerKey } from './seed.js';
import { checkFloating, checkFunction } from './validate.js';

/** What layers that normalise can be told. */
export interface NormalizationOptions {
  /** Added to the variance, so that a constant does not divide by zero; 1e-5 if not given. */
  readonly epsilon?: number | undefined;
  /** Whether the result is multiplied by a parameter; true if not given. */
  readonly scale?: boolean | undefined;
  /** Whether a parameter is added to the result; true if not given. */
  readonly offset?: boolean | undefined;
  /** Initial scale; `initializers.ones` if not given. */
  readonly scaleInitializer?: Initializer | undefined;
  /** Initial offset; `initializers.zeros` if not given. */
  readonly offsetInitializer?: Initializer | undefined;
  /** The key of the initial values; the next one after `setSeed` if not given. */
  readonly random?: HostKey | undefined;
  /** Floating-point dtype of the variables and so of the input; float32 if not given. */
  readonly dtype?: DataType | undefined;
}

const normalizationOptionNames = [
  'epsilon',
  'scale',
  'offset',
  'scaleInitializer',
  'offsetInitializer',
  'random',
  'dtype',
];

/**
 * Throws an ArgumentError that names `layer` unless the options of normalisation are fit and all
 * others are among `ownNames`.
 */
export function checkNormalizationOptions(
  layer: string,
  options: NormalizationOptions,
  ownNames: readonly string[] = [],
): void {
  checkOptionNames(layer, options, [...ownNames, ...normalizationOptionNames]);
  const { epsilon = 1e-5, dtype = 'float32' } = options;
  if (!Number.isFinite(epsilon) || epsilon <= 0) {
    throw new ArgumentError(
      `${layer}: epsilon keeps a constant from dividing by zero and must be positive, ` +
        `got ${shown(epsilon)}.`,
    );
  }
  for (const name of ['scale', 'offset'] as const) {
    checkBoolean(layer, name, options[name] ?? true);
    const initializer = `${name}Initializer` as const;
    checkFunction(layer, initializer, options[initializer] ?? ones, 'initializers.constant(0.1)');
  }
  checkFloating(layer, dtype);
}

/**
 * The parameters of a layer that normalises, of which either may be left out.
 *
 * @param layer For messages, as `BatchNorm(24)`.
 */
export function scaleAndOffset(
  layer: string,
  shape: Shape,
  options: NormalizationOptions,
): { readonly scale: Variable | undefined; readonly offset: Variable | undefined } {
  const { scale = true, offset = true, dtype = 'float32' } = options;
  const { scaleInitializer = ones, offsetInitializer = zeros } = options;
  const key = layerKey(layer, options.random);
  // Each element of the output depends on one of the input.
  const common = { dtype, fanIn: 1, fanOut: 1 };
  const make = (name: string, initializer: Initializer, fold: number): Variable =>
    parameter(`${layer}.${name}`, shape, { ...common, initializer, key: key.fold(fold) });
  return {
    scale: scale ? make('scale', scaleInitializer, 0) : undefined,
    offset: offset ? make('offset', offsetInitializer, 1) : undefined,
  };
}
