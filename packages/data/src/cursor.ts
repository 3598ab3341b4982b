import { DataError } from './errors.js';
import { rowsOfEpoch } from './source.js';
import type { Position, Source } from './source.js';
import type { Batch } from './tensor-data.js';

/** Where to start: an epoch, and an index in it that is 0 if not given. */
export type StartPosition = Pick<Position, 'epoch'> & Partial<Position>;

/**
 * A moving position in a dataset, which goes through epoch after epoch without end. Made by
 * `dataset.cursor()`.
 */
export class Cursor<B extends Batch> {
  readonly #source: Source<B>;
  #position: Position;
  #rows: { readonly epoch: number; readonly order: Uint32Array } | undefined;

  /**
   * A cursor over a source.
   *
   * @param source What to read from.
   * @param from Where to start.
   * @throws {@link DataError} `INVALID_POSITION` when there is no such position in the source.
   */
  constructor(source: Source<B>, from: StartPosition = { epoch: 0 }) {
    this.#source = source;
    this.#position = checkPosition(from, source.rows.length);
  }

  /** The position of the next example: save it, and a cursor started from it goes on exactly there. */
  get position(): Position {
    return this.#position;
  }

  /**
   * The next examples. A batch that reaches the end of an epoch takes the rest of its examples from
   * the beginning of the next.
   *
   * @param size How many examples, a positive integer.
   * @returns Exactly `size` examples, in memory of their own.
   * @throws {@link DataError} `INVALID_BATCH_SIZE`, or `EMPTY_DATASET` when there are no examples.
   */
  nextBatch(size: number): B {
    checkBatchSize(size);
    const length = this.#source.rows.length;
    if (length === 0) {
      throw new DataError('EMPTY_DATASET', 'nextBatch needs examples; this dataset has none.');
    }
    const rows = new Uint32Array(size);
    let { epoch, index } = this.#position;
    for (let filled = 0; filled < size;) {
      const part = this.#order(epoch).subarray(index, index + size - filled);
      rows.set(part, filled);
      filled += part.length;
      index += part.length;
      if (index === length) {
        epoch += 1;
        index = 0;
      }
    }
    const batch = this.#source.read(rows, this.#position);
    this.#position = { epoch, index };
    return batch;
  }

  /** Goes to the beginning of the next epoch. */
  skipEpoch(): void {
    this.#position = { epoch: this.#position.epoch + 1, index: 0 };
  }

  #order(epoch: number): Uint32Array {
    if (this.#rows?.epoch !== epoch) {
      this.#rows = { epoch, order: rowsOfEpoch(this.#source, epoch) };
    }
    return this.#rows.order;
  }
}

/** Throws unless `size` is a positive integer. */
export function checkBatchSize(size: number): void {
  if (!Number.isSafeInteger(size) || size <= 0) {
    throw new DataError(
      'INVALID_BATCH_SIZE',
      `A batch size must be a positive integer; got ${String(size)}.`,
    );
  }
}

function checkPosition(from: StartPosition | null, length: number): Position {
  const { epoch = -1, index = 0 }: Partial<Position> = from ?? {};
  const isValid =
    Number.isSafeInteger(epoch) &&
    epoch >= 0 &&
    Number.isSafeInteger(index) &&
    index >= 0 &&
    index < Math.max(length, 1);
  if (!isValid) {
    throw new DataError(
      'INVALID_POSITION',
      `A position in this dataset is { epoch, index } with integers epoch >= 0 and ` +
        `0 <= index < ${length}, the number of its examples; got ${JSON.stringify(from)}.`,
    );
  }
  return { epoch, index };
}
