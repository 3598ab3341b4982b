import { describe, expect, it } from 'vitest';
import { chooseCut } from '../../src/codegen/product/choose-cut.js';
import type { Product, ProductOperand } from '../../src/codegen/product/product.js';
import { usualTileCosts } from '../../src/codegen/product/tile.js';
import type { Target } from '../../src/codegen/target.js';
import { describeOnGpu } from '../support/gpu.js';
import { checkProduct as check } from '../support/product.js';

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
