import { describe, it, vi } from 'vitest';
import type { DirectCut } from '../../src/codegen/product/direct-stage.js';
import type { TiledCut } from '../../src/codegen/product/tile-stage.js';
import { tiles, type TileName } from '../../src/codegen/product/tile.js';
import { describeOnGpu } from '../support/gpu.js';
import { checkProduct } from '../support/product.js';

// Software adapters would not choose the tiles of GPUs.
const chosen = vi.hoisted((): { cut?: TiledCut | DirectCut } => ({}));
vi.mock('../../src/codegen/product/choose-cut.js', () => ({ chooseCut: () => chosen.cut }));

/** Compiling what waits takes a software adapter seconds. */
const timeout = 120_000;

await describeOnGpu('tiles', () => {
  describe.each(Object.keys(tiles) as TileName[])('of %s', (name) => {
    it(
      'with edges, of two batches and a depth in parts',
      async () => {
        chosen.cut = { tile: tiles[name], depth: 8, parts: 2 };
        await checkProduct({ shape: [37, 29, 41], batches: 2 });
      },
      timeout,
    );
  });

  it.each([false, true].flatMap((left) => [false, true].map((right) => [left, right] as const)))(
    'loaded four elements at a time, transposed: %s, %s',
    async (...transposed) => {
      chosen.cut = { tile: tiles['64x64:8x4'], depth: 16, parts: 1 };
      await checkProduct({ shape: [64, 48, 132], transposed });
    },
    timeout,
  );

  it.each([
    [false, false],
    [true, true],
    [false, true],
  ] as const)(
    'teams, transposed: %s, %s',
    async (...transposed) => {
      chosen.cut = { down: 2, across: 4, team: 8, parts: 1 };
      await checkProduct({ shape: [18, 70, 20], transposed });
    },
    timeout,
  );
});
