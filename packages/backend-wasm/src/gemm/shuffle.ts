import { i8x16, type Expression, type FunctionBody } from '../assembler/index.js';

type Vector = Expression<'v128'>;

/** A vector of four of the eight 32-bit elements of `a` (0–3) and `b` (4–7). */
function pick(a: Vector, b: Vector, elements: readonly number[]): Vector {
  const bytes = elements.flatMap((element) => [0, 1, 2, 3].map((byte) => 4 * element + byte));
  return i8x16.shuffle(a, b, bytes);
}

/** a₀ b₀ a₁ b₁. */
export function interleaveLow(a: Vector, b: Vector): Vector {
  return pick(a, b, [0, 4, 1, 5]);
}

/** a₂ b₂ a₃ b₃. */
export function interleaveHigh(a: Vector, b: Vector): Vector {
  return pick(a, b, [2, 6, 3, 7]);
}

/** The columns of a 4 × 4 matrix of which the rows are given. */
export function transpose(body: FunctionBody, rows: readonly Vector[]): Vector[] {
  const [a, b, c, d] = rows as [Vector, Vector, Vector, Vector];
  const keep = (value: Vector): Vector => body.let(value, 'pair');
  const lowAB = keep(interleaveLow(a, b));
  const lowCD = keep(interleaveLow(c, d));
  const highAB = keep(interleaveHigh(a, b));
  const highCD = keep(interleaveHigh(c, d));
  return [
    pick(lowAB, lowCD, [0, 1, 4, 5]),
    pick(lowAB, lowCD, [2, 3, 6, 7]),
    pick(highAB, highCD, [0, 1, 4, 5]),
    pick(highAB, highCD, [2, 3, 6, 7]),
  ];
}
