import type { Expression, FunctionBody } from '../assembler/index.js';
import { pickLanes } from '../pick-lanes.js';

type Vector = Expression<'v128'>;

/** a₀ b₀ a₁ b₁. */
export function interleaveLow(a: Vector, b: Vector): Vector {
  return pickLanes(a, b, [0, 4, 1, 5]);
}

/** a₂ b₂ a₃ b₃. */
export function interleaveHigh(a: Vector, b: Vector): Vector {
  return pickLanes(a, b, [2, 6, 3, 7]);
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
    pickLanes(lowAB, lowCD, [0, 1, 4, 5]),
    pickLanes(lowAB, lowCD, [2, 3, 6, 7]),
    pickLanes(highAB, highCD, [0, 1, 4, 5]),
    pickLanes(highAB, highCD, [2, 3, 6, 7]),
  ];
}
