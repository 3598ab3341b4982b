import type { DataType, Expression, MatMulKernel } from '@gradus/core/backend';
import { describe, expect, it } from 'vitest';
import { WebGpuBackend } from '../../src/backend.js';
import { chooseCut } from '../../src/codegen/product/choose-cut.js';
import type { Product, ProductOperand } from '../../src/codegen/product/product.js';
import { usualTileCosts } from '../../src/codegen/product/tile.js';
import type { Target } from '../../src/codegen/target.js';
import { describeOnGpu } from '../support/gpu.js';
import { planOf, runPlan } from '../support/run-plan.js';

/** Which matrices are transposed, batch extents, whether the right matrix is one for all batches. */
interface Case {
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

async function check(each: Case): Promise<void> {
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

await describeOnGpu('products', () => {
  it('of one element', () => check({ shape: [1, 1, 1] }));
  it('of primes, in two batches', () => check({ shape: [37, 29, 41], batches: 2 }));
  it('of primes, both transposed', () => check({ shape: [37, 29, 41], transposed: [true, true] }));
  it.each([false, true].flatMap((left) => [false, true].map((right) => [left, right] as const)))(
    'of multiples of four, transposed: %s, %s',
    (...transposed) => check({ shape: [64, 48, 36], transposed }),
  );
  it('with one matrix for all batches', () =>
    check({ shape: [12, 20, 40], batches: 3, broadcast: true }));
  it('of integers', () => check({ shape: [9, 12, 8], dtype: 'int32' }));
  it('of great depth and few elements', () => check({ shape: [20, 4100, 24] }));
  it('with a vector', async () => {
    await check({ shape: [1, 70, 33] });
    await check({ shape: [33, 70, 1] });
  });
});

describe('the cut of a product', () => {
  const gpu: Target = {
    ...{ maximumBuffers: 8, workgroupMemory: 32768, workgroupInvocations: 256 },
    ...{ waitsAreCheap: true, tileCosts: usualTileCosts },
  };
  const operand: ProductOperand = {
    ...{ alongDepth: false, strided: true },
    across: () => () => '',
  };
  const product = (rows: number, depth: number, columns: number): Product => ({
    ...{ name: 'product', dtype: 'float32', batches: 1, rank: 2, left: operand, right: operand },
    ...{ rows, depth, columns },
    store: () => undefined,
  });

  it('is the largest tile where there are many', () => {
    expect(chooseCut(gpu, product(4096, 4096, 4096))).toMatchObject({
      tile: { down: 16, across: 16, rows: 8, columns: 8 },
      parts: 1,
    });
  });
  it('keeps less of the depth where a workgroup has less memory', () => {
    const [roomy, small] = [32768, 16384].map((workgroupMemory) =>
      chooseCut({ ...gpu, workgroupMemory }, product(4096, 4096, 4096)),
    );
    expect([roomy, small]).toMatchObject([{ depth: 16 }, { depth: 8 }]);
  });
  it('is a narrow tile for few columns', () => {
    expect(chooseCut(gpu, product(65536, 1024, 16))).toMatchObject({
      tile: { down: 32, across: 4 },
    });
  });
  it('shares the depth of small products among teams', () => {
    expect(chooseCut(gpu, product(100, 784, 200))).toMatchObject({ team: 8, parts: 1 });
  });
  it('cuts a great depth into parts', () => {
    expect(chooseCut(gpu, product(48, 19600, 600))).toMatchObject({ parts: 9 });
  });
  it('lets invocations work alone where waiting is dear', () => {
    expect(chooseCut({ ...gpu, waitsAreCheap: false }, product(512, 512, 512))).toMatchObject({
      team: 1,
    });
  });
});
