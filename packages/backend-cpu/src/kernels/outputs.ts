import { stridesOf, type KernelOutput } from '@gradus/core/backend';
import type { ProgramBuilder, Scope } from '../program/builder.js';
import type { ExpressionLowering } from '../program/lowering.js';

/**
 * Computes every output at one point of `shape`, then stores them: an output that overwrites an
 * input in place must not be seen by the others.
 */
export function storeOutputs(
  builder: ProgramBuilder,
  lowering: ExpressionLowering,
  shape: readonly number[],
  outputs: readonly KernelOutput[],
  scope: Scope,
): void {
  const values = outputs.map(({ value }) => lowering.value(value));
  const index = lowering.affine({ constant: 0, coefficients: stridesOf(shape) });
  outputs.forEach(({ buffer }, position) => {
    builder.store(scope, buffer, index, values[position]!);
  });
}
