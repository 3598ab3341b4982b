import type {
  DataType,
  Expression,
  Kernel,
  LoadExpression,
  Plan,
  PlanBuffer,
  ScalarOperation,
} from '@gradus/core/backend';

export const index = (axis: number): Expression => ({ op: 'index', dtype: 'int32', axis });

export const constant = (value: number, dtype: DataType = 'float32'): Expression => ({
  op: 'constant',
  dtype,
  value,
});

export const scalar = (position: number, dtype: DataType = 'float32'): Expression => ({
  op: 'scalar',
  dtype,
  position,
});

export const reduced = (position: number, dtype: DataType = 'float32'): Expression => ({
  op: 'reduced',
  dtype,
  position,
});

export const operation = (
  op: ScalarOperation,
  dtype: DataType,
  ...inputs: Expression[]
): Expression => ({ op, dtype, inputs });

/** Σ strides · axes + offset, as core writes it. */
export function strided(strides: readonly number[], offset = 0): Expression {
  return strides.reduce<Expression>(
    (sum, stride, axis) =>
      stride === 0
        ? sum
        : operation(
            'add',
            'int32',
            sum,
            operation('mul', 'int32', index(axis), constant(stride, 'int32')),
          ),
    constant(offset, 'int32'),
  );
}

export function load(
  buffer: number,
  position: Expression,
  dtype: DataType = 'float32',
  mask?: Expression,
): LoadExpression {
  const base = { op: 'load', buffer, index: position, dtype } as const;
  return mask === undefined ? base : { ...base, mask };
}

export interface BufferSpecification {
  readonly role: 'input' | 'output' | 'temporary';
  readonly length: number;
  readonly dtype?: DataType;
  readonly written?: boolean;
}

/** A plan whose inputs and outputs are numbered and whose temporaries are placed in order. */
export function planOf(
  buffers: readonly BufferSpecification[],
  kernels: readonly Kernel[],
  scalars: readonly DataType[] = [],
): Plan {
  let inputs = 0;
  let outputs = 0;
  let arenaByteLength = 0;
  const placed = buffers.map(({ role, length, dtype = 'float32', written = false }): PlanBuffer => {
    if (role === 'input') return { role, length, dtype, written, position: inputs++ };
    if (role === 'output') return { role, length, dtype, position: outputs++ };
    const byteOffset = arenaByteLength;
    arenaByteLength += Math.ceil((length * 8) / 256) * 256;
    return { role, length, dtype, byteOffset };
  });
  return { buffers: placed, kernels, scalars, arenaByteLength };
}
