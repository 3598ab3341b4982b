import { describe, expect, it } from 'vitest';
import { blockingOf } from '../../src/gemm/blocking.js';
import { enableRelaxedSimd } from '../support/features.js';
import { GemmHarness } from '../support/gemm.js';

enableRelaxedSimd();

const source = 1_000_000;
const target = 1_200_000;

/** What a panel must hold. */
function panelOf(
  memory: Float32Array,
  width: number,
  [lanes, laneStride, depth, depthStride]: readonly [number, number, number, number],
): number[] {
  const panel: number[] = [];
  for (let strip = 0; strip < lanes; strip += width) {
    for (let step = 0; step < depth; step++) {
      for (let lane = strip; lane < strip + width; lane++) {
        const place = source + lane * laneStride + step * depthStride;
        panel.push(lane < lanes ? memory[place]! : 0);
      }
    }
  }
  return panel;
}

describe.each([false, true])('fused multiply-add: %s', (fusedMultiplyAdd) => {
  const { memory, exports } = new GemmHarness(fusedMultiplyAdd);
  const { tileRows, tileColumns } = blockingOf(fusedMultiplyAdd);
  for (let i = 0; i < 100_000; i++) memory[source + i] = i + 1;

  describe.each([
    ['packLeft', tileRows],
    ['packRight', tileColumns],
  ] as const)('%s', (name, width) => {
    it.each([
      ['lanes side by side', 1, 101],
      ['lanes one after the other', 103, 1],
      ['lanes strewn about', 37, 1009],
      ['one lane again and again', 0, 1],
    ])('packs %s', (_layout, laneStride, depthStride) => {
      for (const lanes of [1, 3, 5, 6, 8, 16, 17]) {
        for (const depth of [0, 1, 4, 7, 16]) {
          const expected = panelOf(memory, width, [lanes, laneStride, depth, depthStride]);
          memory.fill(-1, target, target + expected.length + 1);
          exports[name]!(4 * target, 4 * source, lanes, 4 * laneStride, depth, 4 * depthStride);
          const panel = memory.subarray(target, target + expected.length + 1);
          expect([...panel]).toEqual([...expected, -1]);
        }
      }
    });
  });

  it('makes what multiplyPacked multiplies', () => {
    const [rows, columns, depth] = [2 * tileRows + 1, 21, 10];
    const [left, right, output] = [target, target + 10_000, target + 20_000];
    exports['packLeft']!(4 * left, 4 * source, rows, 4 * depth, depth, 4);
    exports['packRight']!(4 * right, 4 * source, columns, 4, depth, 4 * columns);
    for (const accumulate of [0, 1]) {
      exports['multiplyPacked']!(
        ...[4 * left, 4 * right, 32, 32 * depth, rows, columns, depth],
        ...[4 * output, 4 * columns, accumulate, 64],
      );
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let k = 0; k < depth; k++) {
            sum += (row * depth + k + 1) * (k * columns + column + 1);
          }
          expect(memory[output + row * columns + column]).toBe(sum * (1 + accumulate));
        }
      }
    }
  });
});
