import type { Tensor, TensorLike } from '@gradus/core';

/** How much of `steps` has passed, from 0 to 1, where it stays. */
export function progress(step: Tensor, steps: TensorLike): Tensor {
  return step.div(steps).minimum(1);
}

/** Half a wave of a cosine: `from` where `passed` is 0, `to` where it is 1, level at both ends. */
export function halfCosine(from: number, to: number, passed: Tensor): Tensor {
  return passed
    .mul(Math.PI)
    .cos()
    .add(1)
    .mul((from - to) / 2)
    .add(to);
}
