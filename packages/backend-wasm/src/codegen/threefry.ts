import { i32x4, v128 } from '../assembler/index.js';
import type { Code } from './code.js';

type Vector = Code<'v128'>;

const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

/** What is added to the third key word, so that a key of zeros is no fixed point. */
const parity = 0x1bd11bda;

/**
 * One word of Threefry-2x32 with twenty rounds. Salmon, Moraes, Dror and Shaw, "Parallel random
 * numbers: as easy as 1, 2, 3", 2011.
 *
 * @param keep Makes a local of a value that is used more than once.
 */
export function threefry(
  [key0, key1, counter0, counter1]: readonly Vector[],
  word: 0 | 1,
  keep: (value: Vector) => Vector,
): Vector {
  const third = keep(v128.xor(v128.xor(key0!, key1!), i32x4.splat(parity)));
  const keys = [key0!, key1!, third];
  let first = keep(i32x4.add(counter0!, key0!));
  let second = keep(i32x4.add(counter1!, key1!));
  for (let group = 0; group < 5; group++) {
    for (const amount of rotations[(group % 2) as 0 | 1]) {
      first = keep(i32x4.add(first, second));
      const rotated = v128.or(i32x4.shl(second, amount), i32x4.shr_u(second, 32 - amount));
      second = keep(v128.xor(rotated, first));
    }
    first = keep(i32x4.add(first, keys[(group + 1) % 3]!));
    const injected = i32x4.add(keys[(group + 2) % 3]!, i32x4.splat(group + 1));
    second = keep(i32x4.add(second, injected));
  }
  return word === 0 ? first : second;
}
