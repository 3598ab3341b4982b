import {
  ArgumentError,
  DataTypeError,
  isInteger,
  stopGradient,
  where,
  type DataType,
  type Layer,
  type Tensor,
  type Variable,
} from '@gradus/core';
import { checkOptionNames, checkPositiveInteger, shown } from '@gradus/core/arguments';
import type { HostKey } from '@gradus/random';
import { normal } from './initializers/distribution.js';
import type { Initializer } from './initializers/initializer.js';
import { parameter } from './parameter.js';
import { layerKey } from './seed.js';
import { checkFloating, checkFunction } from './validate.js';

/** How an {@link Embedding} differs from a plain table of float32. */
export interface EmbeddingOptions {
  /** Initial vectors; `initializers.normal()`, of variance 1, if not given. */
  readonly weightInitializer?: Initializer | undefined;
  /** The index that fills up short sequences: its vector begins as zeros and is not trained. */
  readonly paddingIndex?: number | undefined;
  /** The key of the initial values; the next one after `setSeed` if not given. */
  readonly random?: HostKey | undefined;
  /** Floating-point dtype of the vectors; float32 if not given. */
  readonly dtype?: DataType | undefined;
}

const optionNames = ['weightInitializer', 'paddingIndex', 'random', 'dtype'];

/**
 * A table of vectors, one for each of `count` words: integers `[…]` to `[…, features]`. The weight
 * is `[count, features]`, as in PyTorch; its gradient is the sum of what arrives at each use of a
 * vector.
 *
 * An index outside of [0, count) gives a vector of NaN, which shows in the loss, and trains nothing:
 * indices are values, so they are not known yet when `forward` builds its expression.
 */
export class Embedding implements Layer {
  /** How many vectors there are. */
  readonly count: number;
  /** The length of each. */
  readonly features: number;
  /** The index whose vector is not trained, if there is one. */
  readonly paddingIndex: number | undefined;
  /** `[count, features]`. */
  readonly weight: Variable;

  /**
   * Draws the initial vectors.
   *
   * @param count How many vectors there are, at least 1.
   * @param features The length of each, at least 1.
   * @throws ArgumentError for sizes that are not positive integers and for unknown or unfit options.
   */
  constructor(count: number, features: number, options: EmbeddingOptions = {}) {
    checkPositiveInteger('Embedding', 'count', count);
    checkPositiveInteger('Embedding', 'features', features);
    this.count = count;
    this.features = features;
    this.paddingIndex = options.paddingIndex;
    const layer = this.toString();
    checkOptions(layer, count, options);
    const { weightInitializer = normal(), dtype = 'float32', paddingIndex } = options;
    this.weight = parameter(`${layer}.weight`, [count, features], {
      initializer: withoutRow(weightInitializer, paddingIndex),
      key: layerKey(layer, options.random),
      fanIn: count,
      fanOut: features,
      dtype,
    });
  }

  /**
   * Maps integers `[…]` to vectors `[…, features]`.
   *
   * @throws DataTypeError when the indices are not int32, uint32 or uint8.
   */
  forward(input: Tensor): Tensor {
    if (!isInteger(input.dtype)) {
      throw new DataTypeError(
        `${this.toString()}: expected integer indices, got ${input.dtype}; cast them: x.cast('int32').`,
      );
    }
    const indices = input.cast('int32');
    const vectors = this.weight.value.gather(indices);
    if (this.paddingIndex === undefined) return vectors;
    const isPadding = indices.equal(this.paddingIndex).expandDims(-1);
    return where(isPadding, stopGradient(vectors), vectors);
  }

  /** As in `Embedding(5000, 64)`. */
  toString(): string {
    return `Embedding(${this.count}, ${this.features})`;
  }
}

function checkOptions(layer: string, count: number, options: EmbeddingOptions): void {
  checkOptionNames(layer, options, optionNames);
  const { weightInitializer, paddingIndex, dtype = 'float32' } = options;
  if (weightInitializer !== undefined) {
    checkFunction(layer, 'weightInitializer', weightInitializer, 'initializers.normal()');
  }
  const fits = Number.isInteger(paddingIndex) && paddingIndex! >= 0 && paddingIndex! < count;
  if (paddingIndex !== undefined && !fits) {
    throw new ArgumentError(
      `${layer}: paddingIndex must be an integer in [0, ${count}), got ${shown(paddingIndex)}.`,
    );
  }
  checkFloating(layer, dtype);
}

/** What `initializer` makes, but zeros in one row. */
function withoutRow(initializer: Initializer, row: number | undefined): Initializer {
  if (row === undefined) return initializer;
  return (shape, context) => {
    const values: unknown = initializer(shape, context);
    const isRow = (place: number): boolean => Math.floor(place / shape[1]!) === row;
    if (!Array.isArray(values) && !ArrayBuffer.isView(values)) return values as number[]; // refused by parameter()
    return Array.from(values as number[], (value, place) => (isRow(place) ? 0 : value));
  };
}
