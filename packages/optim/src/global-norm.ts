import { tensor, type Tensor } from '@gradus/core';

/**
 * √(Σ g²) over all elements of all gradients, a scalar: float64 where all of them are, else float32.
 * Infinite where the sum is too large for the dtype, in float32 above norms of 1.8e19; 0 of nothing.
 *
 * @param gradients By name, as `grad` returns them, or a list.
 */
export function globalNorm(
  gradients: Readonly<Record<string, Tensor>> | readonly Tensor[],
): Tensor {
  const values = Object.values(gradients);
  if (values.length === 0) return tensor(0);
  // Not in float16, where squares of 256 are infinite.
  const dtype = values.every((value) => value.dtype === 'float64') ? 'float64' : 'float32';
  const sums = values.map((value) => value.cast(dtype).square().sum());
  return sums.reduce((total, sum) => total.add(sum)).sqrt();
}
