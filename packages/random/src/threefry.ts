const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;

/** XORed with both key words to give the third word of the key schedule (from Skein, section 3.3). */
const parity = 0x1bd11bda;

/**
 * Threefry-2x32 with 20 rounds: a bijection of 64-bit counters for each 64-bit key, whose outputs
 * pass every known statistical test, so that counting is all it takes to draw random numbers.
 *
 * Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011);
 * the numbers are those of the Random123 library.
 *
 * @param key0 First key word. All four arguments are read modulo 2³².
 * @param key1 Second key word.
 * @param counter0 First counter word.
 * @param counter1 Second counter word.
 * @returns Two words, each an integer in [0, 2³²).
 */
export function threefry2x32(
  key0: number,
  key1: number,
  counter0: number,
  counter1: number,
): [number, number] {
  let schedule0 = key0 | 0;
  let schedule1 = key1 | 0;
  let schedule2 = parity ^ schedule0 ^ schedule1;
  let word0 = (counter0 + schedule0) | 0;
  let word1 = (counter1 + schedule1) | 0;
  for (let round = 1; round <= 20; round++) {
    const rotation = rotations[(round - 1) & 7]!;
    word0 = (word0 + word1) | 0;
    word1 = ((word1 << rotation) | (word1 >>> (32 - rotation))) ^ word0;
    if ((round & 3) === 0) {
      const first = schedule0;
      schedule0 = schedule1;
      schedule1 = schedule2;
      schedule2 = first;
      word0 = (word0 + schedule0) | 0;
      word1 = (word1 + schedule1 + (round >> 2)) | 0;
    }
  }
  return [word0 >>> 0, word1 >>> 0];
}
