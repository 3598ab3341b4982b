import { isHostKey, permutation } from '@gradus/random';
import type { HostKey } from '@gradus/random';
import { Batches } from './batches.js';
import type { BatchOptions } from './batches.js';
import { Cursor } from './cursor.js';
import type { StartPosition } from './cursor.js';
import { DataError } from './errors.js';
import { readColumns } from './source.js';
import type { Position, Source } from './source.js';
import { checkColumns, describeColumns } from './tensor-data.js';
import type { Batch, Column, TensorData } from './tensor-data.js';

/** The batches of a dataset made of `Columns`: the same columns, with the same element types. */
export type BatchOf<Columns extends Batch> = {
  readonly [Name in keyof Columns]: TensorData<Columns[Name]['data']>;
};

/** `B` with the column `Name` in float32. */
export type WithFloats<B extends Batch, Name extends keyof B> = {
  readonly [Other in keyof B]: Other extends Name ? TensorData<Float32Array> : B[Other];
};

/**
 * An immutable list of examples in named columns; {@link dataset} makes one of typed arrays.
 *
 * `slice`, `take` and `split` choose among the stored examples; `shuffle` only says in which order an
 * epoch visits those that were chosen. So the parts of a split have no example in common, in any
 * epoch, whether one shuffles before or after.
 */
export class Dataset<B extends Batch = Batch> {
  readonly #source: Source<B>;
  #columns: Readonly<Record<keyof B, Column>> | undefined;

  /**
   * A dataset of examples from anywhere.
   *
   * @param source Which rows there are, and what reads them.
   */
  constructor(source: Source<B>) {
    this.#source = source;
  }

  /** The number of examples. */
  get length(): number {
    return this.#source.rows.length;
  }

  /** Element type and shape of one example, by column. */
  get columns(): Readonly<Record<keyof B, Column>> {
    return (this.#columns ??= this.#describe());
  }

  /**
   * The examples from `start` up to, not including, `end`.
   *
   * @param start First example, in [0, length].
   * @param end In [start, length]; `length` if not given.
   * @throws {@link DataError} `INVALID_RANGE`.
   */
  slice(start: number, end = this.length): Dataset<B> {
    const isValid = Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end;
    if (!isValid || end > this.length) {
      throw new DataError(
        'INVALID_RANGE',
        `A range needs integers 0 <= start <= end <= ${this.length}, the number of examples; got ` +
          `start ${String(start)} and end ${String(end)}.`,
      );
    }
    return this.#with({ rows: this.#source.rows.subarray(start, end) });
  }

  /**
   * The first examples.
   *
   * @param count How many, in [0, length].
   * @throws {@link DataError} `INVALID_RANGE`.
   */
  take(count: number): Dataset<B> {
    return this.slice(0, count);
  }

  /**
   * Two parts without a common example, as for training and validation.
   *
   * @param fraction The share of the first part, in [0, 1]; rounded to whole examples.
   * @param key Chooses the examples of each part at random; without it, the first part is the
   *   beginning of the dataset.
   * @throws {@link DataError} `INVALID_RANGE` or `INVALID_KEY`.
   */
  split(fraction: number, key?: HostKey): [Dataset<B>, Dataset<B>] {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new DataError(
        'INVALID_RANGE',
        `The fraction of a split must be in [0, 1]; got ${String(fraction)}.`,
      );
    }
    const { rows } = this.#source;
    const order = key && permutation(checkKey(key, 'split'), rows.length);
    const mixed = order === undefined ? this : this.#with({ rows: order.map((at) => rows[at]!) });
    const count = Math.round(fraction * this.length);
    return [mixed.slice(0, count), mixed.slice(count)];
  }

  /**
   * The same examples, visited in a random order that is another one in each epoch e, namely
   * `permutation(key.fold(e), length)`, and the same whenever epoch e is visited.
   *
   * @throws {@link DataError} `INVALID_KEY`.
   */
  shuffle(key: HostKey): Dataset<B> {
    return this.#with({ shuffleKey: checkKey(key, 'shuffle') });
  }

  /**
   * The same examples, with every batch passed through `transform` when it is read. It is tried on
   * one example at once, so that a mistake throws here.
   *
   * @param transform Gives a batch of as many examples as it gets; it may change that batch in place.
   *   For randomness, fold the position at which the batch begins into a key: the same batch is then
   *   the same again.
   * @throws {@link DataError} `INVALID_COLUMN` or `LENGTH_MISMATCH` when it returns something else.
   */
  map<Mapped extends Batch>(transform: (batch: B, position: Position) => Mapped): Dataset<Mapped> {
    const { read } = this.#source;
    const readMapped = (rows: Uint32Array, position: Position): Mapped => {
      const batch = transform(read(rows, position), position);
      const length = checkColumns(batch, 'The result of map()');
      if (length === rows.length) return batch;
      throw new DataError(
        'LENGTH_MISMATCH',
        `map() was given a batch of ${rows.length} examples and returned ${length}; it must not ` +
          'change their number.',
      );
    };
    const mapped = new Dataset({ ...this.#source, read: readMapped });
    mapped.#columns = mapped.#describe();
    return mapped;
  }

  /**
   * The same examples with one column divided by a number, in float32: with the default, bytes in
   * [0, 255] become numbers in [0, 1]. Stored bytes stay bytes until they are read.
   *
   * @param name The column.
   * @param divisor What to divide by; 255 if not given.
   * @throws {@link DataError} `UNKNOWN_COLUMN`, or `INVALID_OPTION` for a divisor that is zero or not
   *   finite.
   */
  scale<Name extends keyof B & string>(name: Name, divisor = 255): Dataset<WithFloats<B, Name>> {
    if (!Object.hasOwn(this.columns, name)) {
      throw new DataError(
        'UNKNOWN_COLUMN',
        `There is no column "${name}"; there are ${Object.keys(this.columns).join(', ')}.`,
      );
    }
    if (!Number.isFinite(divisor) || divisor === 0) {
      throw new DataError(
        'INVALID_OPTION',
        `The divisor of scale must be finite and not zero; got ${String(divisor)}.`,
      );
    }
    return this.map((batch) => {
      const { data, shape } = batch[name]!;
      const floats = new Float32Array(data.length);
      for (let index = 0; index < floats.length; index++) floats[index] = data[index]! / divisor;
      return { ...batch, [name]: { data: floats, shape } } as unknown as WithFloats<B, Name>;
    });
  }

  /**
   * The examples in batches, each in memory of its own.
   *
   * @param size Examples in a batch, a positive integer.
   * @param options See {@link BatchOptions}.
   * @throws {@link DataError} `INVALID_BATCH_SIZE`, `INVALID_OPTION` or `INVALID_POSITION`.
   */
  batches(size: number, options: BatchOptions = {}): Batches<B> {
    return new Batches(this.#source, size, options);
  }

  /**
   * A position that moves through the dataset by `nextBatch`, over as many epochs as it is asked for.
   *
   * @param from Where to start; the beginning of epoch 0 if not given.
   * @throws {@link DataError} `INVALID_POSITION`.
   */
  cursor(from?: StartPosition): Cursor<B> {
    return new Cursor(this.#source, from);
  }

  /** All examples in one batch, in stored order. */
  all(): B {
    return this.#read(this.#source.rows);
  }

  #read(rows: Uint32Array): B {
    return this.#source.read(rows, { epoch: 0, index: 0 });
  }

  #describe(): Readonly<Record<keyof B, Column>> {
    return describeColumns(this.#read(this.#source.rows.subarray(0, 1)));
  }

  #with(changes: Partial<Source<B>>): Dataset<B> {
    return new Dataset({ ...this.#source, ...changes });
  }
}

/**
 * A dataset of typed arrays with shapes. The arrays are not copied: do not change them afterwards.
 *
 * @param columns Named columns, for example
 *   `{ images: { data, shape: [n, 1, 28, 28] }, labels: { data, shape: [n] } }`, with the same first
 *   dimension, the number of examples.
 * @throws {@link DataError} `INVALID_COLUMN` when a column has no typed array or a shape that does
 *   not fit it, `LENGTH_MISMATCH` when the columns differ in length.
 */
export function dataset<Columns extends Batch>(columns: Columns): Dataset<BatchOf<Columns>> {
  const length = checkColumns(columns, 'dataset()');
  const stored: BatchOf<Columns> = { ...columns };
  return new Dataset({
    read: readColumns(stored),
    rows: new Uint32Array(length).map((_, row) => row),
  });
}

function checkKey(key: HostKey, what: string): HostKey {
  if (isHostKey(key)) return key;
  throw new DataError(
    'INVALID_KEY',
    `${what}() needs a key of @gradus/random, as randomKey(seed) makes it; got ${typeof key}.`,
  );
}
