/**
 * Numbers that look random and that every contestant can make for itself, in whatever language:
 * `contestants/py-torch.py` has the same few lines.
 */

/**
 * Numbers in [low, high).
 *
 * @param {number} length How many.
 * @param {number} seed Which; for the same seed the same.
 * @param {number} low The least.
 * @param {number} high Above the greatest.
 * @returns {Float32Array} Uniformly distributed.
 */
export function uniform(length, seed, low, high) {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = low + (high - low) * fraction(i, seed);
  return values;
}

/**
 * Whole numbers from 0 to below `end`.
 *
 * @param {number} length How many.
 * @param {number} seed Which.
 * @param {number} end Above the greatest.
 * @returns {Int32Array} Uniformly distributed.
 */
export function integers(length, seed, end) {
  return Int32Array.from({ length }, (_, i) => Math.floor(end * fraction(i, seed)));
}

/** The i-th of a sequence in [0, 1), with 24 bits: a mix of i and seed in 32-bit arithmetic. */
function fraction(/** @type {number} */ i, /** @type {number} */ seed) {
  let bits = (i + Math.imul(seed, 0x9e3779b1)) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 8) / 2 ** 24;
}
