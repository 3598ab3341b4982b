import { ArgumentError, type DataType, type Variable } from '@gradus/core';
import {
  checkBoolean,
  checkOptionNames,
  checkPositiveInteger,
  shown,
} from '@gradus/core/arguments';
import type { HostKey } from '@gradus/random';
import { uniform } from './initializers/distribution.js';
import type { Initializer } from './initializers/initializer.js';
import { parameter } from './parameter.js';
import { layerKey } from './seed.js';
import { checkFloating, checkFunction } from './validate.js';

/** What of a sequence a recurrent layer puts out: every step or the last. */
export type RecurrentOutput = 'sequence' | 'last';

/** How an {@link LSTM} or a {@link GRU} differs from one with biases that puts out every step. */
export interface RecurrentOptions {
  /** `'sequence'`, every step, if not given; `'last'` for the last one only. */
  readonly output?: RecurrentOutput | undefined;
  /** Whether biases are added; true if not given. */
  readonly bias?: boolean | undefined;
  /** Initial weight of the input; uniform in ±1 / √hiddenFeatures, as in PyTorch, if not given. */
  readonly inputWeightInitializer?: Initializer | undefined;
  /** Initial weight of the hidden state; the same if not given. */
  readonly recurrentWeightInitializer?: Initializer | undefined;
  /** Initial values of both biases; the same if not given. */
  readonly biasInitializer?: Initializer | undefined;
  /** The key of the initial values; the next one after `setSeed` if not given. */
  readonly random?: HostKey | undefined;
  /** Floating-point dtype of the parameters and so of the input; float32 if not given. */
  readonly dtype?: DataType | undefined;
}

/** The sizes of a recurrent layer. */
interface RecurrentSizes {
  /** How many times as many rows as hidden features the weights have. */
  readonly gates: number;
  readonly inFeatures: number;
  readonly hiddenFeatures: number;
}

/** What a recurrent layer learns. */
interface RecurrentParameters {
  readonly inputWeight: Variable;
  readonly recurrentWeight: Variable;
  readonly inputBias: Variable | undefined;
  readonly recurrentBias: Variable | undefined;
}

const initializerNames = [
  'inputWeightInitializer',
  'recurrentWeightInitializer',
  'biasInitializer',
] as const;

const optionNames = ['output', 'bias', ...initializerNames, 'random', 'dtype'];

/** Throws an ArgumentError that names the layer unless sizes and options are fit. */
export function checkRecurrent(
  layer: string,
  { inFeatures, hiddenFeatures }: RecurrentSizes,
  options: RecurrentOptions,
): void {
  checkPositiveInteger(layer, 'inFeatures', inFeatures);
  checkPositiveInteger(layer, 'hiddenFeatures', hiddenFeatures);
  const sizes = `${layer}(${inFeatures}, ${hiddenFeatures})`;
  checkOptionNames(sizes, options, optionNames);
  const { output = 'sequence', bias = true, dtype = 'float32' } = options;
  if (!['sequence', 'last'].includes(output)) {
    throw new ArgumentError(`${sizes}: output must be 'sequence' or 'last', got ${shown(output)}.`);
  }
  checkBoolean(sizes, 'bias', bias);
  for (const name of initializerNames) {
    const value = options[name];
    if (value !== undefined) checkFunction(sizes, name, value, 'initializers.glorotUniform');
  }
  checkFloating(sizes, dtype);
}

/** Draws the parameters. Weights and biases of all gates are one below the other. */
export function recurrentParameters(
  layer: string,
  { gates, inFeatures, hiddenFeatures }: RecurrentSizes,
  options: RecurrentOptions,
): RecurrentParameters {
  const limit = 1 / Math.sqrt(hiddenFeatures);
  const usual = uniform({ minimum: -limit, maximum: limit });
  const { inputWeightInitializer = usual, recurrentWeightInitializer = usual } = options;
  const { bias = true, biasInitializer = usual, dtype = 'float32' } = options;
  const key = layerKey(layer, options.random);
  const rows = gates * hiddenFeatures;
  const make = (
    name: string,
    columns: number | undefined,
    initializer: Initializer,
    fold: number,
  ): Variable =>
    parameter(`${layer}.${name}`, columns === undefined ? [rows] : [rows, columns], {
      initializer,
      key: key.fold(fold),
      fanIn: columns ?? hiddenFeatures,
      fanOut: rows,
      dtype,
    });
  return {
    inputWeight: make('inputWeight', inFeatures, inputWeightInitializer, 0),
    recurrentWeight: make('recurrentWeight', hiddenFeatures, recurrentWeightInitializer, 1),
    inputBias: bias ? make('inputBias', undefined, biasInitializer, 2) : undefined,
    recurrentBias: bias ? make('recurrentBias', undefined, biasInitializer, 3) : undefined,
  };
}
