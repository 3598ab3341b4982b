import { i32, type FunctionReference, type ModuleBuilder } from '../assembler/index.js';
import { switchHeight } from '../gemm/switch-height.js';
import type { MultiplyAdd } from '../multiply-add.js';
import {
  defineGatheredTileKernel,
  rowTableStep,
  type GatheredTileKernel,
} from './gathered-tile-kernel.js';

/**
 * Of `multiplyGathered`, which computes a product whose left operand is gathered by two tables: its
 * element (row, step) is at `left` + the row's first offset + the step's offset. All in bytes but
 * counts.
 */
export const multiplyGatheredSignature = {
  parameters: {
    left: 'i32',
    /** Two offsets for each row: into the left operand, and into the output. */
    rowTable: 'i32',
    rows: 'i32',
    /** An offset for each step of the depth. */
    depthTable: 'i32',
    depth: 'i32',
    /** The packed right operand: strips of eight lanes, each with all of the depth. */
    right: 'i32',
    /** How many lanes count; products of up to the next multiple of four are stored. */
    lanes: 'i32',
    output: 'i32',
    /** 0: products replace what is in the output; else they are added. */
    accumulate: 'i32',
  },
} as const;

/** Defines `multiplyGathered`, for tiles of up to `tileRows` rows. */
export function defineMultiplyGathered(
  module: ModuleBuilder,
  tileRows: number,
  multiplyAdd: MultiplyAdd,
): FunctionReference<typeof multiplyGatheredSignature> {
  const heights = Array.from({ length: tileRows }, (_, index) => index + 1);
  const [narrow, wide] = [1, 2].map((vectors) =>
    heights.map((rows) => defineGatheredTileKernel(module, rows, vectors, multiplyAdd)),
  ) as [GatheredTileKernel[], GatheredTileKernel[]];
  return module.function('multiplyGathered', multiplyGatheredSignature, (body, parameters) => {
    const { left, rowTable, rows, depthTable, depth, lanes, output, accumulate } = parameters;
    const right = body.let(parameters.right, 'strip');
    const stripBytes = body.let(i32.shl(depth, 5), 'stripBytes');
    const offsetsEnd = body.let(i32.add(depthTable, i32.shl(depth, 2)), 'offsetsEnd');
    body.if(i32.eqz(rows), () => body.return());
    // Tiles differ by one row at most: none is so small that it waits for its own sums.
    const tiles = body.let(i32.div_u(i32.add(rows, tileRows - 1), tileRows), 'tiles');
    const smaller = body.let(i32.div_u(rows, tiles), 'smaller');
    const taller = body.let(i32.sub(rows, i32.mul(smaller, tiles)), 'taller');
    body.for({ to: lanes, step: 8, name: 'lane' }, (lane) => {
      const entry = body.let(rowTable, 'entry');
      const target = body.let(i32.add(output, i32.shl(lane, 2)), 'target');
      const isWide = body.let(i32.gt_s(i32.sub(lanes, lane), 4), 'isWide');
      body.for({ to: tiles, name: 'tile' }, (tile) => {
        const one = i32.lt_s(tile, taller);
        const height = body.let(i32.add(smaller, one), 'height');
        const call = (kernels: readonly GatheredTileKernel[]): void =>
          switchHeight(body, height, tileRows, (rows) =>
            body.emit(
              kernels[rows - 1]!.call({
                rowTable: entry,
                left,
                offsets: depthTable,
                offsetsEnd,
                right,
                output: target,
                accumulate,
              }),
            ),
          );
        body.if(
          isWide,
          () => call(wide),
          () => call(narrow),
        );
        body.increase(entry, i32.mul(height, rowTableStep));
      });
      body.increase(right, stripBytes);
    });
  });
}
