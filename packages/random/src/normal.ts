import { checkSample, unitAt } from './bits.js';
import { RandomError } from './errors.js';
import type { HostKey } from './key.js';
import { truncatedQuantile } from './truncated-normal.js';
import { checkFinite } from './validate.js';

/** The normal distribution that {@link normal} and {@link truncatedNormal} draw from. */
export interface NormalOptions {
  /** Mean; 0 if not given. */
  readonly mean?: number;
  /** Standard deviation, not negative; 1 if not given. */
  readonly standardDeviation?: number;
}

/**
 * Normally distributed float32 numbers, by the transform of Box and Muller ("A note on the
 * generation of random normal deviates", 1958): √(−2 ln u₁) · cos(2π u₂) with u₁ in (0, 1] from
 * `key.fold(0)` and u₂ in [0, 1) from `key.fold(1)`. None is farther than 5.77 standard deviations
 * from the mean, since u₁ is a multiple of 2⁻²⁴.
 *
 * @param key The key to draw with.
 * @param length How many numbers.
 * @returns The numbers, each determined by the key and its own index; computed in double precision
 *   and rounded once.
 * @throws {@link RandomError} `INVALID_KEY`, `INVALID_LENGTH`, or `INVALID_PARAMETER` when the mean
 *   is not finite or the standard deviation negative or not finite.
 */
export function normal(key: HostKey, length: number, options: NormalOptions = {}): Float32Array {
  checkSample(key, length);
  const { mean, standardDeviation } = checkNormal(options);
  const standard = standardNormal(key);
  return new Float32Array(length).map((_, index) => mean + standardDeviation * standard(index));
}

/**
 * Normally distributed float32 numbers no farther than two standard deviations from the mean: the
 * quantiles of the distribution without its tails at uniform places, one draw for each. The
 * deviation of what remains is 0.88 times `standardDeviation`.
 *
 * @param key The key to draw with.
 * @param length How many numbers.
 * @returns The numbers, each determined by the key and its own index; computed in double precision
 *   and rounded once.
 * @throws {@link RandomError} as {@link normal} does.
 */
export function truncatedNormal(
  key: HostKey,
  length: number,
  options: NormalOptions = {},
): Float32Array {
  checkSample(key, length);
  const { mean, standardDeviation } = checkNormal(options);
  return new Float32Array(length).map(
    (_, index) => mean + standardDeviation * truncatedQuantile(unitAt(key, index)),
  );
}

/** The standard normal numbers of a key, by index. */
function standardNormal(key: HostKey): (index: number) => number {
  const radiusKey = key.fold(0);
  const angleKey = key.fold(1);
  return (index) =>
    Math.sqrt(-2 * Math.log(1 - unitAt(radiusKey, index))) *
    Math.cos(2 * Math.PI * unitAt(angleKey, index));
}

function checkNormal({ mean = 0, standardDeviation = 1 }: NormalOptions): Required<NormalOptions> {
  checkFinite(mean, 'mean');
  checkFinite(standardDeviation, 'standardDeviation');
  if (standardDeviation < 0) {
    throw new RandomError(
      'INVALID_PARAMETER',
      `standardDeviation must not be negative; got ${standardDeviation}.`,
    );
  }
  return { mean, standardDeviation };
}
