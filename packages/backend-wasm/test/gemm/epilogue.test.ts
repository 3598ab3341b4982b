import { describe, expect, it } from 'vitest';
import { enableRelaxedSimd } from '../support/features.js';
import { GemmHarness } from '../support/gemm.js';

enableRelaxedSimd();

describe.each([false, true])('fused multiply-add: %s', (fusedMultiplyAdd) => {
  const gemm = new GemmHarness(fusedMultiplyAdd);

  it.each([
    [1, 1, 1],
    [7, 13, 5],
    [130, 70, 40],
    [61, 600, 33],
    [500, 9, 600],
    [250, 530, 1030],
  ])(
    'is called once for every element of %i × %i over %i, when it is finished',
    (rows, columns, depth) => {
      const { worst, times } = gemm.worstEpilogueError({ rows, columns, depth });
      expect(worst).toBeLessThan(1);
      expect([...times]).toEqual([1]);
      expect(gemm.epilogueCalls.every(({ context }) => context === 77)).toBe(true);
    },
  );

  it('gets zeros without depth', () => {
    const { worst, times } = gemm.worstEpilogueError({ rows: 9, columns: 11, depth: 0 });
    expect(worst).toBe(0);
    expect([...times]).toEqual([1]);
  });

  it('is not called for an empty product', () => {
    expect(gemm.worstEpilogueError({ rows: 0, columns: 11, depth: 3 }).calls).toBe(0);
    expect(gemm.worstEpilogueError({ rows: 4, columns: 0, depth: 3 }).calls).toBe(0);
  });

  it('sees the coordinates of the whole product when a slice is computed', () => {
    const product = { rows: 300, columns: 90, depth: 530 };
    const { worst, times } = gemm.worstEpilogueError({ ...product, slice: [31, 290, 17, 83] });
    expect(worst).toBeLessThan(1);
    expect([...times]).toEqual([1]);
    const [first] = gemm.epilogueCalls;
    expect(first).toMatchObject({ rowStart: 31, columnStart: 17, columnEnd: 83 });
  });
});
