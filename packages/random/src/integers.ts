import { bitsAt, checkSample } from './bits.js';
import { RandomError } from './errors.js';
import type { HostKey } from './key.js';

/**
 * Uniform integers in [minimum, maximum), with no bias: 32 random bits modulo the size of the range,
 * drawn again where they fall into the incomplete last stretch of the 2³² values; the a-th attempt
 * at an element takes its bits from `key.fold(a)`.
 *
 * @param key The key to draw with.
 * @param length How many integers.
 * @param minimum Lower bound, inclusive, an integer of at least −2³¹.
 * @param maximum Upper bound, exclusive, an integer above `minimum` and at most 2³¹.
 * @returns The integers, each determined by the key and its own index.
 * @throws {@link RandomError} `INVALID_KEY`, `INVALID_LENGTH`, or `INVALID_PARAMETER` when the
 *   bounds are not integers, out of range or not in order.
 */
export function randomIntegers(
  key: HostKey,
  length: number,
  minimum: number,
  maximum: number,
): Int32Array {
  checkSample(key, length);
  const areIntegers = Number.isInteger(minimum) && Number.isInteger(maximum);
  if (!areIntegers || minimum < -(2 ** 31) || maximum > 2 ** 31 || minimum >= maximum) {
    throw new RandomError(
      'INVALID_PARAMETER',
      'minimum and maximum must be integers with -2^31 <= minimum < maximum <= 2^31; got ' +
        `minimum ${String(minimum)} and maximum ${String(maximum)}.`,
    );
  }
  const draw = boundedDraws(key);
  return new Int32Array(length).map((_, index) => minimum + draw(index, maximum - minimum));
}

/**
 * The integers 0 … length − 1 in random order, every order being equally likely (Durstenfeld's form
 * of the Fisher–Yates shuffle, with unbiased draws).
 *
 * @param key The key to draw with.
 * @param length How many integers.
 * @throws {@link RandomError} `INVALID_KEY` or `INVALID_LENGTH`.
 */
export function permutation(key: HostKey, length: number): Uint32Array {
  checkSample(key, length);
  const order = new Uint32Array(length).map((_, index) => index);
  const draw = boundedDraws(key);
  for (let last = length - 1; last > 0; last--) {
    const chosen = draw(last, last + 1);
    const value = order[chosen]!;
    order[chosen] = order[last]!;
    order[last] = value;
  }
  return order;
}

/** Unbiased integers in [0, size), by index, where size is at most 2³². */
function boundedDraws(key: HostKey): (index: number, size: number) => number {
  const keys: HostKey[] = [];
  const attempt = (count: number): HostKey => (keys[count] ??= key.fold(count));
  return (index, size) => {
    const limit = 2 ** 32 - (2 ** 32 % size);
    let count = 0;
    let bits = bitsAt(attempt(count), index);
    while (bits >= limit) bits = bitsAt(attempt(++count), index);
    return bits % size;
  };
}
