import {
  ArgumentError,
  DataTypeError,
  namedParameters,
  type Tensor,
  type Variable,
} from '@gradus/core';
import { checkNonNegative, checkOptionNames } from '@gradus/core/arguments';
import { checkFunction } from '../validate.js';

/** The options of {@link l1Penalty} and {@link l2Penalty}. */
export interface PenaltyOptions {
  /**
   * Which parameters are meant, by their path in the model and the parameter itself; all if not
   * given. `(_, { shape }) => shape.length > 1` leaves out biases and the scales of normalisations.
   */
  readonly match?: ((name: string, parameter: Variable) => boolean) | undefined;
}

/**
 * factor · Σ |w| over a model's trainable parameters, to be added to a loss. It pulls all weights
 * towards 0 equally hard, so those that help little end there.
 *
 * @param model A model, or its parameters in an array or record; all of one dtype.
 * @param factor Not negative.
 * @returns A scalar of the parameters' dtype.
 * @throws ArgumentError when `factor` is negative or not finite, for unknown options, and when there
 *   is no such parameter; DataTypeError when the parameters' dtypes differ.
 */
export function l1Penalty(model: object, factor: number, options: PenaltyOptions = {}): Tensor {
  const parameters = chosen('l1Penalty', model, factor, options);
  return total(parameters.map((w) => w.value.abs().sum())).mul(factor);
}

/**
 * ½ · factor · Σ w² over a model's trainable parameters, to be added to a loss. Its gradient is
 * factor · w: what `weightDecay` of an optimiser adds to gradients.
 *
 * @param model A model, or its parameters in an array or record; all of one dtype.
 * @param factor Not negative.
 * @returns A scalar of the parameters' dtype.
 * @throws ArgumentError when `factor` is negative or not finite, for unknown options, and when there
 *   is no such parameter; DataTypeError when the parameters' dtypes differ.
 */
export function l2Penalty(model: object, factor: number, options: PenaltyOptions = {}): Tensor {
  const parameters = chosen('l2Penalty', model, factor, options);
  return total(parameters.map((w) => w.value.square().sum())).mul(factor / 2);
}

/** The parameters that a penalty is for: at least one, and all of one dtype. */
function chosen(
  penalty: string,
  model: object,
  factor: number,
  options: PenaltyOptions,
): readonly Variable[] {
  checkNonNegative(penalty, 'factor', factor);
  checkOptionNames(penalty, options, ['match']);
  const { match = () => true } = options;
  checkFunction(penalty, 'match', match, '(name, parameter) => parameter.shape.length > 1');
  const all = Object.entries(namedParameters(model));
  if (all.length === 0) {
    throw new ArgumentError(`${penalty}: the model has no trainable parameters.`);
  }
  const matching = all.filter(([name, parameter]) => match(name, parameter));
  if (matching.length === 0) {
    const names = all.map(([name]) => name).join(', ');
    throw new ArgumentError(`${penalty}: match left none of the parameters ${names}.`);
  }
  const parameters = matching.map(([, parameter]) => parameter);
  const dtypes = new Set(parameters.map(({ dtype }) => dtype));
  if (dtypes.size > 1) {
    throw new DataTypeError(
      `${penalty}: the parameters are ${[...dtypes].join(' and ')}; use match to take one penalty ` +
        `for each dtype, and cast them to that of the loss.`,
    );
  }
  return parameters;
}

const total = (scalars: readonly Tensor[]): Tensor => scalars.reduce((sum, each) => sum.add(each));
