import { i8x16, type Expression } from './assembler/index.js';

/** A vector of four of the eight 32-bit lanes of `a` (0–3) and `b` (4–7). */
export function pickLanes(
  a: Expression<'v128'>,
  b: Expression<'v128'>,
  lanes: readonly [number, number, number, number],
): Expression<'v128'> {
  const bytes = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte));
  return i8x16.shuffle(a, b, bytes);
}
