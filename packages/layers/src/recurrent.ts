import {
  ArgumentError,
  asTensor,
  stack,
  zeros,
  type Layer,
  type Tensor,
  type TensorLike,
  type Variable,
} from '@gradus/core';
import { pyTorchNames, type NamedAsInPyTorch } from './py-torch-naming.js';
import {
  checkRecurrent,
  recurrentParameters,
  type RecurrentOptions,
  type RecurrentOutput,
} from './recurrent-parameters.js';
import { checkDataType, checkShape } from './validate.js';

/**
 * What a recurrent layer carries from step to step, each `[batch, hiddenFeatures]`: `hidden`, which
 * it also puts out, and for an LSTM `cell`.
 */
export type RecurrentState<Name extends string, Values = Tensor> = Readonly<
  Record<Name | 'hidden', Values>
>;

/** What a run of a recurrent layer results in. */
export interface RecurrentRun<Name extends string> {
  /** As `forward` gives it. */
  readonly output: Tensor;
  /** After the last step. */
  readonly state: RecurrentState<Name>;
}

/** In what one kind of recurrent layer differs from another. */
interface RecurrentKind<Name extends string> {
  readonly name: string;
  /** How many times as many rows as hidden features the weights have. */
  readonly gates: number;
  /** What its state consists of. */
  readonly states: readonly (Name | 'hidden')[];
}

/** Parameters and time of recurrent layers; what happens in a step is theirs. */
export abstract class Recurrent<Name extends string> implements Layer, NamedAsInPyTorch {
  /** Extent of the input's last axis. */
  readonly inFeatures: number;
  /** Extent of the output's last axis. */
  readonly hiddenFeatures: number;
  /** Whether the output is every step or the last. */
  readonly output: RecurrentOutput;
  /** W: `[gates · hiddenFeatures, inFeatures]`. */
  readonly inputWeight: Variable;
  /** R: `[gates · hiddenFeatures, hiddenFeatures]`. */
  readonly recurrentWeight: Variable;
  /** b: `[gates · hiddenFeatures]`, or undefined for `bias: false`. */
  readonly inputBias: Variable | undefined;
  /** c: `[gates · hiddenFeatures]`, or undefined for `bias: false`. */
  readonly recurrentBias: Variable | undefined;
  readonly #kind: RecurrentKind<Name>;

  protected constructor(
    kind: RecurrentKind<Name>,
    inFeatures: number,
    hiddenFeatures: number,
    options: RecurrentOptions,
  ) {
    const sizes = { gates: kind.gates, inFeatures, hiddenFeatures };
    checkRecurrent(kind.name, sizes, options);
    this.#kind = kind;
    this.inFeatures = inFeatures;
    this.hiddenFeatures = hiddenFeatures;
    this.output = options.output ?? 'sequence';
    const parameters = recurrentParameters(this.toString(), sizes, options);
    this.inputWeight = parameters.inputWeight;
    this.recurrentWeight = parameters.recurrentWeight;
    this.inputBias = parameters.inputBias;
    this.recurrentBias = parameters.recurrentBias;
  }

  /** Those of PyTorch's layers in a network of one layer. */
  get [pyTorchNames](): Readonly<Record<string, string>> {
    return {
      inputWeight: 'weight_ih_l0',
      recurrentWeight: 'weight_hh_l0',
      inputBias: 'bias_ih_l0',
      recurrentBias: 'bias_hh_l0',
    };
  }

  /**
   * From a state of zeros, maps `[batch, time, inFeatures]` to the hidden states of all steps
   * `[batch, time, hiddenFeatures]`, or of the last `[batch, hiddenFeatures]`.
   *
   * @throws ShapeError and DataTypeError when the input is not of that shape or the parameters'
   *   dtype.
   */
  forward(input: Tensor): Tensor {
    return this.run(input).output;
  }

  /**
   * The output as `forward` gives it, and the state after the last step, from which another run can
   * go on. After no steps at all the state, and with it the last output, is the initial one.
   *
   * @param initialState The state before the first step, zeros if not given.
   * @throws ShapeError and DataTypeError when input or state do not fit, ArgumentError for a state
   *   that is not complete.
   */
  run(input: Tensor, initialState?: RecurrentState<Name, TensorLike>): RecurrentRun<Name> {
    checkShape(this, input, ['batch', 'time', this.inFeatures]);
    checkDataType(this, input, this.inputWeight.dtype);
    let state = this.#initialState(input.shape[0]!, initialState);
    const hidden: Tensor[] = [];
    for (const fromInput of this.#inputProducts(input)) {
      const fromHidden = affine(state.hidden, this.recurrentWeight, this.recurrentBias);
      state = this.step(fromInput, fromHidden, state);
      hidden.push(state.hidden);
    }
    return {
      output: this.output === 'last' ? state.hidden : sequence(hidden, state.hidden),
      state,
    };
  }

  /** As in `LSTM(28, 64)`. */
  toString(): string {
    return `${this.#kind.name}(${this.inFeatures}, ${this.hiddenFeatures})`;
  }

  /**
   * The next state.
   *
   * @param fromInput x Wᵀ + b, `[batch, gates · hiddenFeatures]`.
   * @param fromHidden h Rᵀ + c, of the same shape.
   */
  protected abstract step(
    fromInput: Tensor,
    fromHidden: Tensor,
    state: RecurrentState<Name>,
  ): RecurrentState<Name>;

  /** The parts of such a product, each `[batch, hiddenFeatures]`. */
  protected gates(product: Tensor): Tensor[] {
    return unstack(product.reshape([product.shape[0]!, this.#kind.gates, this.hiddenFeatures]));
  }

  /** What the input adds to the gates, step by step, from one product for all steps. */
  #inputProducts(input: Tensor): Tensor[] {
    const [batch, time] = input.shape as [number, number];
    if (time === 0) return [];
    const rows = input.reshape([batch * time, this.inFeatures]);
    const products = affine(rows, this.inputWeight, this.inputBias);
    return unstack(products.reshape([batch, time, products.shape[1]!]));
  }

  #initialState(batch: number, given?: RecurrentState<Name, TensorLike>): RecurrentState<Name> {
    const { dtype } = this.inputWeight;
    const { states } = this.#kind;
    const shape = [batch, this.hiddenFeatures];
    const entries = states.map((name): [string, Tensor] => {
      if (given === undefined) return [name, zeros(shape, dtype)];
      const value = given[name] as TensorLike | undefined;
      if (value === undefined) {
        throw new ArgumentError(
          `${this.toString()}: expected initialState to have ${states.join(' and ')}, ` +
            `got { ${Object.keys(given).join(', ')} }.`,
        );
      }
      const tensor = asTensor(value, dtype);
      checkShape(this, tensor, shape, `initialState.${name}`);
      checkDataType(this, tensor, dtype, `initialState.${name}`);
      return [name, tensor];
    });
    return Object.fromEntries(entries) as RecurrentState<Name>;
  }
}

function affine(rows: Tensor, weight: Variable, bias: Variable | undefined): Tensor {
  const product = rows.matMul(weight.value.transpose());
  return bias === undefined ? product : product.add(bias);
}

/**
 * The slices along the second axis. By halves: the gradient of a slice is padded to the size of
 * what it was taken from, and slices of the whole would cost as many passes over the whole.
 */
function unstack(x: Tensor): Tensor[] {
  const count = x.shape[1]!;
  if (count === 1) return [x.squeeze(1)];
  const half = Math.ceil(count / 2);
  return [...unstack(x.at(null, [0, half])), ...unstack(x.at(null, [half]))];
}

/** `[batch, time, features]` from `[batch, features]`, the shape of `like`. */
function sequence(steps: readonly Tensor[], like: Tensor): Tensor {
  const [batch, features] = like.shape as [number, number];
  return steps.length === 0 ? zeros([batch, 0, features], like.dtype) : stack(steps, 1);
}
