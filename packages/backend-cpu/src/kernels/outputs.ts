import { stridesOf, type DataType, type KernelOutput } from '@gradus/core/backend';
import type { ProgramBuilder, Scope } from '../program/builder.js';
import type { ExpressionLowering } from '../program/lowering.js';
import type { Register } from '../program/program.js';

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

/** What a kernel of sums of products needs to finish one of them. */
interface SumKernel {
  readonly dtype: DataType;
  readonly shape: readonly number[];
  readonly outputs: readonly KernelOutput[];
}

/** Takes the sum at `position` of the array `sums` and stores every output at one point of `shape`. */
export function storeSum(
  builder: ProgramBuilder,
  lowering: ExpressionLowering,
  { dtype, shape, outputs }: SumKernel,
  sums: number,
  position: Register,
  scope: Scope,
): void {
  const sum = builder.load(sums, position);
  // Products of float32 are summed in double precision and rounded here, once.
  lowering.bindReduced([dtype === 'float32' ? builder.operation('cast', dtype, [sum]) : sum]);
  storeOutputs(builder, lowering, shape, outputs, scope);
}
