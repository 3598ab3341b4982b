import type { Tensor, Variable } from '@gradus/core';

/** Moves an exponential moving average on: a ← kept · a + (1 − kept) · value. Returns the new one. */
export function moveAverage(average: Variable, kept: number, value: Tensor): Tensor {
  const moved = average.value.mul(kept).add(value.mul(1 - kept));
  average.assign(moved);
  return moved;
}
