import {
  f32x4,
  i32,
  v128,
  type FunctionReference,
  type ModuleBuilder,
  type Variable,
} from '../assembler/index.js';
import type { MultiplyAdd } from '../multiply-add.js';

/** Addresses in bytes. */
const signature = {
  parameters: {
    /** For each row two offsets: to where its left elements are, to where its products go. */
    rowTable: 'i32',
    /** To this the offsets of rows are added, to these those of the depth. */
    left: 'i32',
    offsets: 'i32',
    offsetsEnd: 'i32',
    /** A strip of a packed panel: eight lanes for each step of the depth. */
    right: 'i32',
    output: 'i32',
    /** 0 to store the products, else they are added. */
    accumulate: 'i32',
  },
} as const;

/** A kernel for one shape of tile. */
export type GatheredTileKernel = FunctionReference<typeof signature>;

/** How far an entry of a row table is from the next, in bytes. */
export const rowTableStep = 8;

/**
 * Defines the kernel that computes `rows` × 4·`vectors` elements of a product in registers, of
 * which the left operand is gathered: its element (row, step) is where the offsets of the row and
 * of the step lead together. Rows may be anywhere, so no row of a tile is wasted on what an image
 * has too little of.
 */
export function defineGatheredTileKernel(
  module: ModuleBuilder,
  rows: number,
  vectors: number,
  multiplyAdd: MultiplyAdd,
): GatheredTileKernel {
  return module.function(`gathered${rows}x${4 * vectors}`, signature, (body, parameters) => {
    const { rowTable, left, offsets, offsetsEnd, right, output, accumulate } = parameters;
    const tile = Array.from({ length: rows }, () =>
      Array.from({ length: vectors }, () => body.let(f32x4.splat(0), 'sum')),
    );
    const pointers = tile.map((_, row) =>
      body.let(i32.add(left, i32.load(rowTable, rowTableStep * row)), 'left'),
    );
    body.while(i32.lt_u(offsets, offsetsEnd), () => {
      const lanes = Array.from({ length: vectors }, (_, vector) =>
        body.let(v128.load(right, 16 * vector), 'right'),
      );
      const offset = body.let(i32.load(offsets), 'offset');
      tile.forEach((sums, row) => {
        const factor = body.let(v128.load32_splat(i32.add(pointers[row]!, offset)), 'factor');
        sums.forEach((sum, vector) => body.set(sum, multiplyAdd(factor, lanes[vector]!, sum)));
      });
      body.increase(offsets, 4);
      body.increase(right, 32);
    });
    const store = (finish: (sum: Variable<'v128'>, target: Variable<'i32'>, at: number) => void) =>
      tile.forEach((sums, row) => {
        const place = i32.add(output, i32.load(rowTable, rowTableStep * row + 4));
        const target = body.let(place, 'target');
        sums.forEach((sum, vector) => finish(sum, target, 16 * vector));
      });
    body.if(
      accumulate,
      () =>
        store((sum, target, at) =>
          body.emit(v128.store(target, f32x4.add(v128.load(target, at), sum), at)),
        ),
      () => store((sum, target, at) => body.emit(v128.store(target, sum, at))),
    );
  });
}
