import type { DataType, Expression, MatMulKernel } from '@gradus/core/backend';
import { expect } from 'vitest';
import { WebGpuBackend } from '../../src/backend.js';
import { planOf, runPlan } from '@gradus/kernel-tests/run-plan';

/** Which matrices are transposed, batch extents, whether the right matrix is one for all batches. */
export interface ProductCase {
  readonly shape: readonly [rows: number, depth: number, columns: number];
  readonly transposed?: readonly [left: boolean, right: boolean];
  readonly batches?: number;
  readonly broadcast?: boolean;
  readonly dtype?: DataType;
}

/** Small integers: their sums of products are exact in float32 as well. */
const valuesOf = (length: number, seed: number): number[] =>
  Array.from({ length }, (_, index) => ((index * 37 + seed * 11 + (index >> 3)) % 9) - 4);

/** 2 · product + column: an epilogue that reads a scalar, and where it is. */
function epilogue(dtype: DataType, rank: number): Expression {
  const apply = (op: 'add' | 'mul' | 'cast', ...inputs: Expression[]): Expression => ({
    ...{ op, dtype, inputs },
  });
  return apply(
    'add',
    apply('mul', { op: 'reduced', dtype, position: 0 }, { op: 'scalar', dtype, position: 0 }),
    apply('cast', { op: 'index', dtype: 'int32', axis: rank - 1 }),
  );
}

/** Computes a product with an epilogue, and expects what it is. */
export async function checkProduct(each: ProductCase): Promise<void> {
  const { shape, transposed = [false, false], batches = 1, broadcast = false } = each;
  const { dtype = 'float32' } = each;
  const [rows, depth, columns] = shape;
  const left = valuesOf(batches * rows * depth, 1);
  const right = valuesOf((broadcast ? 1 : batches) * depth * columns, 2);
  const strides = (flip: boolean, high: number, wide: number) =>
    flip ? { rowStride: 1, columnStride: high } : { rowStride: wide, columnStride: 1 };
  const leftMatrix = { offset: 0, ...strides(transposed[0], rows, depth) };
  const rightMatrix = { offset: 0, ...strides(transposed[1], depth, columns) };
  const rightStride = broadcast ? 0 : depth * columns;
  const kernel: MatMulKernel = {
    ...{ kind: 'matMul', name: 'product', dtype, depth },
    shape: [batches, rows, columns],
    left: { buffer: 0, ...leftMatrix, batchStrides: [rows * depth] },
    right: { buffer: 1, ...rightMatrix, batchStrides: [rightStride] },
    outputs: [{ buffer: 2, value: epilogue(dtype, 3) }],
  };
  const inputs = [
    { dtype, length: left.length, values: left },
    { dtype, length: right.length, values: right },
  ];
  const plan = planOf(inputs, [{ dtype, length: batches * rows * columns }], [kernel], [dtype]);
  const device = await (backend ??= WebGpuBackend.create({ selfTest: false }));
  const [result] = await runPlan(device, plan, inputs, [2]);
  const expected = Array.from({ length: batches * rows * columns }, (_, index) => {
    const column = index % columns;
    const row = Math.floor(index / columns) % rows;
    const batch = Math.floor(index / (columns * rows));
    let sum = 0;
    for (let k = 0; k < depth; k++) {
      const a = row * leftMatrix.rowStride + k * leftMatrix.columnStride;
      const b = k * rightMatrix.rowStride + column * rightMatrix.columnStride;
      sum += left[batch * rows * depth + a]! * right[batch * rightStride + b]!;
    }
    return 2 * sum + column;
  });
  expect(result).toEqual(expected);
}

let backend: Promise<WebGpuBackend> | undefined;
