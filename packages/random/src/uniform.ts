import { checkSample, unitAt } from './bits.js';
import { RandomError } from './errors.js';
import type { HostKey } from './key.js';
import { checkFinite } from './validate.js';

/** The interval that {@link uniform} draws from. */
export interface UniformOptions {
  /** Lower bound, inclusive; 0 if not given. */
  readonly minimum?: number;
  /** Upper bound, exclusive but for rounding; 1 if not given. */
  readonly maximum?: number;
}

/**
 * Uniform float32 numbers in [minimum, maximum): u · (maximum − minimum) + minimum, where u is a
 * multiple of 2⁻²⁴ made of the upper 24 of 32 random bits. Every operation is rounded to float32,
 * so that devices give the same bits; this may round a number up to `maximum` itself, though never
 * in [0, 1).
 *
 * @param key The key to draw with.
 * @param length How many numbers.
 * @returns The numbers, each determined by the key and its own index.
 * @throws {@link RandomError} `INVALID_KEY`, `INVALID_LENGTH`, or `INVALID_PARAMETER` when the
 *   bounds are not finite or not in order.
 */
export function uniform(key: HostKey, length: number, options: UniformOptions = {}): Float32Array {
  const { minimum = 0, maximum = 1 } = options;
  checkSample(key, length);
  checkFinite(minimum, 'minimum');
  checkFinite(maximum, 'maximum');
  checkFinite(maximum - minimum, 'maximum - minimum');
  if (minimum > maximum) {
    throw new RandomError(
      'INVALID_PARAMETER',
      `minimum must not exceed maximum; got minimum ${minimum} and maximum ${maximum}.`,
    );
  }
  const range = Math.fround(maximum - minimum);
  const offset = Math.fround(minimum);
  return new Float32Array(length).map(
    (_, index) => Math.fround(unitAt(key, index) * range) + offset,
  );
}

/**
 * Draws that are 1 with the given probability and otherwise 0: whether a uniform number in [0, 1)
 * lies below the probability, rounded to float32 as devices have it.
 *
 * @param key The key to draw with.
 * @param length How many draws.
 * @param probability The probability of a 1, in [0, 1].
 * @returns Zeros and ones, each determined by the key and its own index.
 * @throws {@link RandomError} `INVALID_KEY`, `INVALID_LENGTH`, or `INVALID_PARAMETER` when the
 *   probability is not in [0, 1].
 */
export function bernoulli(key: HostKey, length: number, probability: number): Uint8Array {
  checkSample(key, length);
  if (!(probability >= 0 && probability <= 1)) {
    throw new RandomError(
      'INVALID_PARAMETER',
      `probability must be in [0, 1]; got ${String(probability)}.`,
    );
  }
  const threshold = Math.fround(probability);
  return new Uint8Array(length).map((_, index) => (unitAt(key, index) < threshold ? 1 : 0));
}
