import { RandomError } from './errors.js';
import { HostKey, checkHostKey, randomKey } from './key.js';
import { checkUint32, isUint32 } from './validate.js';

/** Where a {@link RandomStream} is, as plain data that survives JSON. */
export interface RandomStreamState {
  /** The two words of the stream's key. */
  readonly key: readonly [number, number];
  /** How many keys have been drawn. */
  readonly position: number;
}

/**
 * Keys one after another, for programs that need a new one at every step: the n-th is the stream's
 * key folded with n, counting from zero.
 */
export class RandomStream {
  readonly #key: HostKey;
  #position: number;

  /**
   * A stream that gives `key.fold(position)` first; {@link randomStream} starts at zero.
   *
   * @throws {@link RandomError} `INVALID_KEY` or `INVALID_STATE` when an argument is not what it
   *   should be.
   */
  constructor(key: HostKey, position = 0) {
    this.#key = checkHostKey(key);
    checkUint32(position, 'The position of a random stream', 'INVALID_STATE');
    this.#position = position;
  }

  /**
   * A stream that goes on where the one that gave `state` was.
   *
   * @param state What {@link RandomStream.state} returned, perhaps read back from JSON.
   * @throws {@link RandomError} `INVALID_STATE` when it is anything else.
   */
  static fromState(state: RandomStreamState): RandomStream {
    if (!isState(state)) {
      throw new RandomError(
        'INVALID_STATE',
        'The state of a random stream must be { key: [word0, word1], position } with integers ' +
          `in [0, 2^32); got ${JSON.stringify(state)}.`,
      );
    }
    return new RandomStream(new HostKey(...state.key), state.position);
  }

  /** How many keys have been drawn so far. */
  get position(): number {
    return this.#position;
  }

  /**
   * The next key.
   *
   * @throws {@link RandomError} `STREAM_EXHAUSTED` after 2³² − 1 keys.
   */
  next(): HostKey {
    if (this.#position === 0xffff_ffff) {
      throw new RandomError(
        'STREAM_EXHAUSTED',
        'This random stream has given all of its 2^32 - 1 keys: start one from another key.',
      );
    }
    return this.#key.fold(this.#position++);
  }

  /** Where the stream is, to be saved in a checkpoint. */
  state(): RandomStreamState {
    return { key: [this.#key.word0, this.#key.word1], position: this.#position };
  }
}

/**
 * A stream of keys from its beginning.
 *
 * @param seedOrKey A seed as {@link randomKey} takes it, or a key.
 * @throws {@link RandomError} `INVALID_SEED` or `INVALID_KEY` when it is neither.
 */
export function randomStream(seedOrKey: number | bigint | HostKey): RandomStream {
  return new RandomStream(typeof seedOrKey === 'object' ? seedOrKey : randomKey(seedOrKey));
}

function isState(value: unknown): value is RandomStreamState {
  const { key, position } = (value ?? {}) as Partial<Record<string, unknown>>;
  return Array.isArray(key) && key.length === 2 && key.every(isUint32) && isUint32(position);
}
