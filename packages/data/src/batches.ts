import { Cursor, checkBatchSize } from './cursor.js';
import type { StartPosition } from './cursor.js';
import { DataError } from './errors.js';
import type { Position, Source } from './source.js';
import type { Batch } from './tensor-data.js';

const remainders = ['keep', 'drop', 'carry'] as const;

/** How {@link Batches} go through a dataset. */
export interface BatchOptions {
  /**
   * The number of epochs after which to stop, counted from epoch 0 wherever the start is; `Infinity`
   * repeats for ever. If not given, the batches end with the epoch in which they start.
   */
  readonly epochs?: number;
  /**
   * What becomes of the examples that fill no whole batch at the end of an epoch: `'keep'` (the
   * default) yields them as a smaller batch, `'drop'` leaves them out, `'carry'` fills the batch up
   * from the next epoch.
   */
  readonly remainder?: (typeof remainders)[number];
  /** Where to start, as {@link Batches.position} gave it; the beginning of epoch 0 if not given. */
  readonly from?: StartPosition;
}

/**
 * Batches one after another, for `for … of` and `for await … of`. They are read when they are asked
 * for, and once only: a loop that was left can be taken up again, and a new pass is a new call of
 * `dataset.batches()`.
 */
export class Batches<B extends Batch> implements IterableIterator<B, undefined> {
  readonly #cursor: Cursor<B>;
  readonly #length: number;
  readonly #size: number;
  readonly #epochs: number;
  readonly #remainder: (typeof remainders)[number];
  #isUsedUp = false;

  /**
   * Batches of a source; `dataset.batches()` makes them.
   *
   * @param source What to read from.
   * @param size Examples in a batch.
   * @param options See {@link BatchOptions}.
   * @throws {@link DataError} `INVALID_BATCH_SIZE`, `INVALID_OPTION` or `INVALID_POSITION`.
   */
  constructor(source: Source<B>, size: number, options: BatchOptions = {}) {
    checkBatchSize(size);
    this.#cursor = new Cursor(source, options.from);
    const { epochs = this.#cursor.position.epoch + 1, remainder = 'keep' } = options;
    if (epochs !== Infinity && !(Number.isSafeInteger(epochs) && epochs >= 0)) {
      throw new DataError(
        'INVALID_OPTION',
        `epochs must be a non-negative integer or Infinity; got ${String(epochs)}.`,
      );
    }
    if (!remainders.includes(remainder)) {
      throw new DataError(
        'INVALID_OPTION',
        `remainder must be 'keep', 'drop' or 'carry'; got ${JSON.stringify(remainder)}.`,
      );
    }
    this.#length = source.rows.length;
    this.#size = size;
    this.#epochs = epochs;
    this.#remainder = remainder;
  }

  /** Where the next batch begins: pass it as `from`, and batches go on exactly there. */
  get position(): Position {
    return this.#cursor.position;
  }

  /** How many batches are left; `Infinity` when they repeat for ever. */
  get remaining(): number {
    const { epoch, index } = this.position;
    const epochsLeft = this.#epochs - epoch;
    if (epochsLeft <= 0 || this.#length === 0) return 0;
    if (this.#remainder === 'carry') {
      return Math.ceil((epochsLeft * this.#length - index) / this.#size);
    }
    const round = this.#remainder === 'keep' ? Math.ceil : Math.floor;
    const inThisEpoch = round((this.#length - index) / this.#size);
    const inLaterEpochs = round(this.#length / this.#size);
    return (
      inThisEpoch + (epochsLeft > 1 && inLaterEpochs > 0 ? (epochsLeft - 1) * inLaterEpochs : 0)
    );
  }

  /** The next batch, or the end. */
  next(): IteratorResult<B, undefined> {
    if (this.remaining === 0) {
      this.#isUsedUp = true;
      return { done: true, value: undefined };
    }
    return { done: false, value: this.#cursor.nextBatch(this.#nextSize()) };
  }

  /**
   * These batches themselves, from where they are.
   *
   * @throws {@link DataError} `BATCHES_USED_UP` when they have been read to the end.
   */
  [Symbol.iterator](): this {
    if (this.#isUsedUp) {
      throw new DataError(
        'BATCHES_USED_UP',
        'These batches have been read to their end: call batches() again for another pass ' +
          '(with { from: { epoch } } for the order of another epoch).',
      );
    }
    return this;
  }

  /** The same, for loops that take asynchronous batches as well. */
  async *[Symbol.asyncIterator](): AsyncGenerator<B, void> {
    for (const batch of this) yield batch;
  }

  #nextSize(): number {
    const { epoch, index } = this.position;
    if (this.#remainder === 'carry') {
      return Math.min(this.#size, (this.#epochs - epoch) * this.#length - index);
    }
    const leftInEpoch = this.#length - index;
    if (leftInEpoch >= this.#size) return this.#size;
    if (this.#remainder === 'keep') return leftInEpoch;
    this.#cursor.skipEpoch();
    return this.#size;
  }
}
