import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enableRelaxedSimd } from '../support/features.js';
import { GemmHarness, type Product } from '../support/gemm.js';

enableRelaxedSimd();

const transpositions = [
  { transposeLeft: false, transposeRight: false },
  { transposeLeft: false, transposeRight: true },
  { transposeLeft: true, transposeRight: false },
  { transposeLeft: true, transposeRight: true },
];

/** Rows, columns, depth: each way through packing, blocks and edges. */
const shapes = [
  [1, 1, 1],
  [1, 9, 40],
  [4, 3, 2],
  [5, 8, 16],
  [6, 8, 7],
  [7, 12, 9],
  [13, 5, 33],
  [66, 20, 64],
  [61, 137, 30],
  [3, 530, 20],
  [130, 140, 5],
  [9, 14, 1030],
  [65, 133, 517],
  [2, 1100, 300],
] as const;

describe.each([
  ['multiply and add', false],
  ['fused multiply-add', true],
])('%s', (_name, fusedMultiplyAdd) => {
  const gemm = new GemmHarness(fusedMultiplyAdd);

  describe.each(transpositions)('%o', (transposition) => {
    it.each(shapes)('multiplies %i × %i over %i', (rows, columns, depth) => {
      for (const gap of [0, 3]) {
        const product = { rows, columns, depth, gap, ...transposition };
        expect(gemm.worstError(product)).toBeLessThan(1);
      }
    });

    it.each([
      [0, 5, 5],
      [5, 0, 5],
      [0, 0, 0],
    ])('leaves memory alone where there is nothing: %i × %i over %i', (rows, columns, depth) => {
      expect(gemm.worstError({ rows, columns, depth, gap: 2, ...transposition })).toBe(0);
    });

    it('gives zeros without depth', () => {
      expect(gemm.worstError({ rows: 7, columns: 13, depth: 0, gap: 1, ...transposition })).toBe(0);
    });

    it('computes slices', () => {
      const whole = { rows: 70, columns: 150, depth: 21, gap: 1, ...transposition };
      for (const slice of [
        [0, 35, 0, 150],
        [35, 70, 0, 150],
        [3, 8, 5, 13],
        [69, 70, 149, 150],
        [10, 10, 0, 150],
      ] as const) {
        expect(gemm.worstError({ ...whole, slice })).toBeLessThan(1);
      }
    });
  });

  it('multiplies any shape', () => {
    const extent = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 150 }));
    const products: fc.Arbitrary<Product> = fc.record({
      rows: extent,
      columns: extent,
      depth: extent,
      gap: fc.integer({ min: 0, max: 5 }),
      transposeLeft: fc.boolean(),
      transposeRight: fc.boolean(),
    });
    fc.assert(
      fc.property(products, (product) => {
        expect(gemm.worstError(product)).toBeLessThan(1);
      }),
      { numRuns: 60 },
    );
  });

  it('gives the same bits however the product is sliced', () => {
    const product = { rows: 203, columns: 141, depth: 530 };
    const whole = gemm.multiply(product);
    for (const [rowStart, rowEnd] of [
      [0, 90],
      [90, 203],
    ] as const) {
      for (const [columnStart, columnEnd] of [
        [0, 7],
        [7, 141],
      ] as const) {
        const part = gemm.multiply({
          ...product,
          slice: [rowStart, rowEnd, columnStart, columnEnd],
        });
        for (let row = rowStart; row < rowEnd; row++) {
          const [from, to] = [row * 141 + columnStart, row * 141 + columnEnd];
          expect(part.subarray(from, to)).toEqual(whole.subarray(from, to));
        }
      }
    }
  });

  it('takes operands that are broadcast, with strides of 0', () => {
    const { memory, exports } = gemm;
    const [left, right, output] = [2_000_000, 2_000_100, 2_000_200];
    memory.set([1, 2, 3], left);
    memory.set([4, 5, 6], right);
    // Every row of the left operand is [1 2 3], every column of the right one [4 5 6].
    exports['multiply']!(4 * left, 0, 1, 4 * right, 1, 0, 4 * output, 9, 0, 7, 0, 9, 3, 64, -1, 0);
    expect([...memory.subarray(output, output + 63)]).toEqual(new Array(63).fill(32));
  });

  it('reads no more than twelve bytes behind the right operand', () => {
    const { memory, exports } = gemm;
    const right = memory.length - 5 * 5 - 3;
    memory.fill(1, right - 1000, right + 25);
    memory.fill(NaN, right + 25);
    const arguments_ = [4 * (right - 1000), 5, 1, 4 * right, 5, 1, 4 * (right - 500), 5];
    exports['multiply']!(...arguments_, 0, 5, 0, 5, 5, 64, -1, 0);
    expect([...memory.subarray(right - 500, right - 475)]).toEqual(new Array(25).fill(5));
  });
});
