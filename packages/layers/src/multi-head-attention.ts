import {
  ArgumentError,
  type DataType,
  type ForwardContext,
  type Layer,
  type Tensor,
  type TensorLike,
  type Variable,
} from '@gradus/core';
import { checkBoolean, checkOptionNames, checkPositiveInteger } from '@gradus/core/arguments';
import type { HostKey } from '@gradus/random';
import { attention } from './attention.js';
import { attentionMask } from './attention-mask.js';
import { checkRate, dropElements } from './dropout.js';
import { zeros } from './initializers/constant.js';
import type { Initializer } from './initializers/initializer.js';
import { glorotUniform } from './initializers/variance-scaling.js';
import { parameter } from './parameter.js';
import { pyTorchNames, type NamedAsInPyTorch } from './py-torch-naming.js';
import { layerKey } from './seed.js';
import { checkDataType, checkFloating, checkFunction, checkShape } from './validate.js';

/** How a {@link MultiHeadAttention} differs from one with biases that looks everywhere. */
export interface MultiHeadAttentionOptions {
  /** Whether a position looks at itself and earlier ones only; false if not given. */
  readonly causal?: boolean | undefined;
  /** The probability of dropping an attention weight in training, in [0, 1); 0 if not given. */
  readonly dropout?: number | undefined;
  /** Whether biases, which begin as zeros, are added; true if not given. */
  readonly bias?: boolean | undefined;
  /** Initial weights; `initializers.glorotUniform` if not given. */
  readonly weightInitializer?: Initializer | undefined;
  /** The key of the initial values; the next one after `setSeed` if not given. */
  readonly random?: HostKey | undefined;
  /** Floating-point dtype of the parameters and so of the input; float32 if not given. */
  readonly dtype?: DataType | undefined;
}

/** What {@link MultiHeadAttention.attend} is told besides the three tensors. */
export interface AttendOptions {
  /**
   * True where a query may look at a key: bool `[query, key]`, `[batch, query, key]` or
   * `[batch, heads, query, key]`, each extent of which may be 1.
   */
  readonly mask?: TensorLike | undefined;
  /** As `forward` is given. */
  readonly context?: ForwardContext | undefined;
}

const optionNames = ['causal', 'dropout', 'bias', 'weightInitializer', 'random', 'dtype'];

/**
 * Attention by several heads, each of which looks for something else (Vaswani et al., "Attention is
 * all you need", 2017, section 3.2.2): queries, keys and values are projected into each head's part
 * of the features, every query gets the mean of the values, weighted by softmax(q·k / √(features /
 * heads)), and the heads' results, side by side, are projected once more. The batch comes first.
 *
 * Parameters are laid out as in PyTorch: the weights of the three input projections (queries, keys,
 * values) one below the other, and those of the output.
 */
export class MultiHeadAttention implements Layer, NamedAsInPyTorch {
  /** Extent of the last axis of inputs and output. */
  readonly features: number;
  /** How many heads share the features. */
  readonly heads: number;
  /** Whether a position looks at itself and earlier ones only. */
  readonly causal: boolean;
  /** The probability of dropping an attention weight in training. */
  readonly dropout: number;
  /** `[3 · features, features]`. */
  readonly inputWeight: Variable;
  /** `[3 · features]`, or undefined for `bias: false`. */
  readonly inputBias: Variable | undefined;
  /** `[features, features]`. */
  readonly outputWeight: Variable;
  /** `[features]`, or undefined for `bias: false`. */
  readonly outputBias: Variable | undefined;

  /**
   * Draws the initial parameters.
   *
   * @param features Extent of the last axis of inputs and output, a multiple of `heads`.
   * @param heads How many heads share the features, at least 1.
   * @throws ArgumentError for sizes that do not fit and for unknown or unfit options.
   */
  constructor(features: number, heads: number, options: MultiHeadAttentionOptions = {}) {
    checkPositiveInteger('MultiHeadAttention', 'features', features);
    checkPositiveInteger('MultiHeadAttention', 'heads', heads);
    this.features = features;
    this.heads = heads;
    const layer = `MultiHeadAttention(${features}, ${heads})`;
    checkOptions(layer, options);
    if (features % heads !== 0) {
      throw new ArgumentError(
        `${layer}: expected features to be a multiple of heads, got ${features} features for ${heads} heads.`,
      );
    }
    const { causal = false, dropout = 0, bias = true, dtype = 'float32' } = options;
    this.causal = causal;
    this.dropout = dropout;
    const { weightInitializer = glorotUniform } = options;
    const key = layerKey(layer, options.random);
    const weight = (name: string, rows: number, fold: number): Variable =>
      parameter(`${layer}.${name}`, [rows, features], {
        initializer: weightInitializer,
        key: key.fold(fold),
        fanIn: features,
        fanOut: rows,
        dtype,
      });
    const offset = (name: string, rows: number): Variable | undefined => {
      const how = { initializer: zeros, key, fanIn: features, fanOut: rows, dtype };
      return bias ? parameter(`${layer}.${name}`, [rows], how) : undefined;
    };
    this.inputWeight = weight('inputWeight', 3 * features, 0);
    this.inputBias = offset('inputBias', 3 * features);
    this.outputWeight = weight('outputWeight', features, 1);
    this.outputBias = offset('outputBias', features);
  }

  /** `in_proj_weight` and so on. */
  get [pyTorchNames](): Readonly<Record<string, string>> {
    return {
      inputWeight: 'in_proj_weight',
      inputBias: 'in_proj_bias',
      outputWeight: 'out_proj.weight',
      outputBias: 'out_proj.bias',
    };
  }

  /**
   * Self-attention: each position of `[batch, time, features]` looks at all positions of its
   * sequence, or with `causal` at itself and earlier ones; same shape.
   *
   * @throws ShapeError and DataTypeError when the input is not of that shape or the parameters'
   *   dtype, TraceError in training with dropout when the context has no random key.
   */
  forward(input: Tensor, context?: ForwardContext): Tensor {
    this.#check('input', input, ['batch', 'time', this.features]);
    return this.attend(input, input, input, { context });
  }

  /**
   * Each query `[batch, query, features]` looks at the keys `[batch, key, features]` and gets the
   * mean of the values `[batch, key, features]`: `[batch, query, features]`. A query that may look
   * at no key gets the mean of nothing, zeros, which the output projection takes to its bias.
   *
   * @throws ShapeError and DataTypeError when tensors or mask do not fit, with `causal` also when
   *   there are not as many queries as keys; TraceError as `forward` does.
   */
  attend(query: Tensor, key: Tensor, value: Tensor, options: AttendOptions = {}): Tensor {
    checkOptionNames(`${this.toString()}.attend`, options, ['mask', 'context']);
    this.#check('query', query, ['batch', 'query', this.features]);
    const [batch, queries] = query.shape as [number, number];
    this.#check('key', key, [batch, 'key', this.features]);
    const keys = key.shape[1]!;
    this.#check('value', value, [batch, keys, this.features]);
    const shape = [batch, this.heads, queries, keys] as const;
    const { causal } = this;
    const mask = attentionMask(this.toString(), shape, { given: options.mask, causal });
    const projected =
      query === key && key === value
        ? this.#project(query, 0, 3)
        : [query, key, value].flatMap((each, part) => this.#project(each, part, 1));
    const [q, k, v] = projected as [Tensor, Tensor, Tensor];
    const drop = (weights: Tensor): Tensor =>
      dropElements(this, weights, this.dropout, options.context);
    const rows = attention(q, k, v, { mask, drop })
      .transpose([0, 2, 1, 3])
      .reshape([batch * queries, this.features]);
    const product = rows.matMul(this.outputWeight.value.transpose());
    const output = this.outputBias === undefined ? product : product.add(this.outputBias);
    return output.reshape([batch, queries, this.features]);
  }

  /** As in `MultiHeadAttention(64, 8, causal)`. */
  toString(): string {
    return `MultiHeadAttention(${this.features}, ${this.heads}${this.causal ? ', causal' : ''})`;
  }

  /**
   * The input projections from the `first` on, `count` of them in one product: each
   * `[batch, heads, time, features / heads]`.
   */
  #project(input: Tensor, first: number, count: number): Tensor[] {
    const { features, heads } = this;
    const [batch, time] = input.shape as [number, number];
    const part = [first * features, (first + count) * features] as const;
    const weight = this.inputWeight.value.at(part);
    const product = input.reshape([batch * time, features]).matMul(weight.transpose());
    const sum = this.inputBias === undefined ? product : product.add(this.inputBias.value.at(part));
    const split = sum.reshape([batch, time, count, heads, features / heads]);
    const place = (_: unknown, index: number): Tensor =>
      split.at(null, null, index).transpose([0, 2, 1, 3]);
    return Array.from({ length: count }, place);
  }

  #check(name: string, tensor: Tensor, axes: readonly (number | string)[]): void {
    checkShape(this, tensor, axes, name);
    checkDataType(this, tensor, this.inputWeight.dtype, name);
  }
}

function checkOptions(layer: string, options: MultiHeadAttentionOptions): void {
  checkOptionNames(layer, options, optionNames);
  const { causal = false, dropout = 0, bias = true, dtype = 'float32' } = options;
  checkBoolean(layer, 'causal', causal);
  checkRate(layer, 'dropout', dropout);
  checkBoolean(layer, 'bias', bias);
  const { weightInitializer = glorotUniform } = options;
  checkFunction(layer, 'weightInitializer', weightInitializer, 'initializers.heUniform');
  checkFloating(layer, dtype);
}
