import { RandomError } from './errors.js';
import { threefry2x32 } from './threefry.js';
import { checkUint32 } from './validate.js';

/** Registered globally, so that keys made by two copies of this package know each other. */
const brand = Symbol.for('gradus.random-key');

/**
 * An immutable source of randomness: the same key always gives the same numbers, and keys derived
 * from it by different data are independent. Use a key for one purpose only, and derive a new one
 * for each further purpose.
 *
 * On the host it is a {@link HostKey}; `@gradus/core` has another one for use inside `compile`.
 */
export interface RandomKey {
  /** A new key, determined by this one and by `data`, an integer in [0, 2³²). */
  fold(data: number): RandomKey;
  /** `count` independent keys, 2 if not given: this key folded with 0, 1, … `count − 1`. */
  split(count?: number): RandomKey[];
}

/** A random key whose 64 bits are known: two words of 32 bits. */
export class HostKey implements RandomKey {
  /** First word, an integer in [0, 2³²). */
  readonly word0: number;
  /** Second word, an integer in [0, 2³²). */
  readonly word1: number;
  /** What {@link isHostKey} looks for. */
  readonly [brand] = true;

  /**
   * A key with the given words, to restore one that was saved; {@link randomKey} makes new ones.
   *
   * @throws {@link RandomError} `INVALID_KEY` when a word is not an integer in [0, 2³²).
   */
  constructor(word0: number, word1: number) {
    checkUint32(word0, 'word0 of a random key', 'INVALID_KEY');
    checkUint32(word1, 'word1 of a random key', 'INVALID_KEY');
    this.word0 = word0;
    this.word1 = word1;
  }

  /**
   * The key threefry2x32(this key, (0, data)), which is also what JAX's `fold_in` gives.
   *
   * @param data An integer in [0, 2³²): a step, an epoch, the number of a layer.
   * @throws {@link RandomError} `INVALID_FOLD` when `data` is anything else.
   */
  fold(data: number): HostKey {
    checkUint32(data, 'The number folded into a random key', 'INVALID_FOLD');
    return new HostKey(...threefry2x32(this.word0, this.word1, 0, data));
  }

  /**
   * Independent keys: this one folded with 0, 1, … `count − 1`. A longer split begins with the keys
   * of a shorter one.
   *
   * @param count How many keys, an integer in [0, 2³²).
   * @throws {@link RandomError} `INVALID_LENGTH` when `count` is anything else.
   */
  split(count = 2): HostKey[] {
    checkUint32(count, 'The number of keys to split into', 'INVALID_LENGTH');
    return Array.from({ length: count }, (_, index) => this.fold(index));
  }
}

/**
 * The key of a seed: its words are the high and the low 32 bits, as in JAX's `PRNGKey`.
 *
 * @param seed An integer in [0, 2⁶⁴): a `bigint`, or a number up to 2⁵³ − 1.
 * @throws {@link RandomError} `INVALID_SEED` when `seed` is anything else.
 */
export function randomKey(seed: number | bigint): HostKey {
  const isInteger = typeof seed === 'bigint' || Number.isSafeInteger(seed);
  if (!isInteger || seed < 0 || seed >= 2n ** 64n) {
    throw new RandomError(
      'INVALID_SEED',
      `A seed must be an integer in [0, 2^64), as a bigint above 2^53 - 1; got ${String(seed)}.`,
    );
  }
  const bits = BigInt(seed);
  return new HostKey(Number(bits >> 32n), Number(bits & 0xffff_ffffn));
}

/** Whether `value` is a {@link HostKey}, made by this copy of the package or by another. */
export function isHostKey(value: unknown): value is HostKey {
  return typeof value === 'object' && value !== null && brand in value;
}

/**
 * `value` as a key whose words are known.
 *
 * @throws {@link RandomError} `INVALID_KEY` for anything else, a traced key among it.
 */
export function checkHostKey(value: unknown): HostKey {
  if (isHostKey(value)) return value;
  throw new RandomError(
    'INVALID_KEY',
    'Sampling on the host needs a key made by randomKey(seed) or derived from one. ' +
      'Inside compile the words of a key are not known yet: use the sampling functions of ' +
      '@gradus/core there.',
  );
}
