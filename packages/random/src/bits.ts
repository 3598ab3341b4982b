import type { HostKey } from './key.js';
import { checkHostKey } from './key.js';
import { threefry2x32 } from './threefry.js';
import { checkUint32 } from './validate.js';

/** The 32 random bits that `key` gives at `index`: both output words of the cipher, XORed. */
export function bitsAt(key: HostKey, index: number): number {
  const [word0, word1] = threefry2x32(key.word0, key.word1, 0, index);
  return (word0 ^ word1) >>> 0;
}

/** The uniform number in [0, 1) that `key` gives at `index`: a multiple of 2⁻²⁴, so exact in float32. */
export function unitAt(key: HostKey, index: number): number {
  return (bitsAt(key, index) >>> 8) * 2 ** -24;
}

/** Throws unless a sampling function was given a usable key and length. */
export function checkSample(key: HostKey, length: number): void {
  checkHostKey(key);
  checkUint32(length, 'The number of samples', 'INVALID_LENGTH');
}

/**
 * Uniform 32-bit integers. Element i depends on the key and on i alone: it is word0 XOR word1 of
 * threefry2x32(key, (0, i)), which devices compute too, and JAX's `random.bits`.
 *
 * @param key The key to draw with.
 * @param length How many integers.
 * @returns Integers in [0, 2³²).
 * @throws {@link RandomError} `INVALID_KEY` or `INVALID_LENGTH`.
 */
export function randomBits(key: HostKey, length: number): Uint32Array {
  checkSample(key, length);
  return new Uint32Array(length).map((_, index) => bitsAt(key, index));
}
