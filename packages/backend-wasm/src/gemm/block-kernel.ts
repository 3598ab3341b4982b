import {
  f32,
  f32x4,
  i32,
  select,
  v128,
  type Effect,
  type FunctionBody,
  type FunctionReference,
  type ModuleBuilder,
  type Operand,
  type Variable,
} from '../assembler/index.js';
import type { Blocking } from './blocking.js';
import type { MultiplyAdd } from '../multiply-add.js';
import { switchHeight } from './switch-height.js';
import { defineTileKernels, type TileKernels } from './tile-kernel.js';

/** Strides and addresses in bytes, extents in elements. */
const common = {
  left: 'i32',
  /** A strip of eight columns: the packed panel's first, or the first columns of the matrix. */
  right: 'i32',
  /** From one vector of a strip to the next below it: 32 if packed, else the matrix's row stride. */
  rightStep: 'i32',
  /** From strip to strip: 32 · depth if packed, else 32. */
  rightStripStride: 'i32',
  rows: 'i32',
  columns: 'i32',
  depth: 'i32',
  output: 'i32',
  outputStride: 'i32',
  /** 0: the product replaces what is in the output; 1: it is added. */
  accumulate: 'i32',
  /** Room for one tile, `edgeBytes`. */
  edge: 'i32',
} as const;

/** Of `multiplyPacked`: `left` is a packed panel. */
const multiplyPackedSignature = { parameters: common } as const;

/** Of `multiplyStrided`: `left` is a matrix as it lies in memory. */
const multiplyStridedSignature = {
  parameters: { ...common, leftRowStride: 'i32', leftStep: 'i32' },
} as const;

/** Bytes of a tile that sticks out of the matrix: up to six rows of eight elements. */
export const edgeBytes = 6 * 32;

/** What multiplies blocks. */
export interface BlockKernels {
  readonly packed: FunctionReference<typeof multiplyPackedSignature>;
  readonly strided: FunctionReference<typeof multiplyStridedSignature>;
}

/** Defines `multiplyPacked` and `multiplyStrided`, which compute a block of a product tile by tile. */
export function defineBlockKernels(
  module: ModuleBuilder,
  { tileRows }: Blocking,
  multiplyAdd: MultiplyAdd,
): BlockKernels {
  const heights = Array.from({ length: tileRows }, (_, index) => index + 1);
  const [narrow, wide] = [1, 2].map((vectors) =>
    heights.map((rows) => defineTileKernels(module, rows, vectors, tileRows, multiplyAdd)),
  ) as [TileKernels[], TileKernels[]];
  const copyEdge = defineCopyEdge(module);

  /** Walks over the tiles; `callTile` multiplies one from row `row` on. */
  const walk = (
    body: FunctionBody,
    parameters: { readonly [Name in keyof typeof common]: Variable<'i32'> },
    callTile: (kernels: TileKernels, row: Variable<'i32'>, target: TileArguments) => Effect,
  ): void => {
    const { right, rightStep, rightStripStride, rows, columns } = parameters;
    const { depth, output, outputStride, accumulate, edge } = parameters;
    body.for({ to: columns, step: 8, name: 'column' }, (column) => {
      const width = body.let(i32.sub(columns, column), 'width');
      body.if(i32.gt_s(width, 8), () => body.set(width, 8));
      // Whole vectors are stored where they belong, others take a detour.
      const isWhole = body.let(i32.eqz(i32.and(width, 3)), 'isWhole');
      const place = body.let(i32.add(output, i32.shl(column, 2)), 'place');
      body.for({ to: rows, step: tileRows, name: 'row' }, (row) => {
        const height = body.let(i32.sub(rows, row), 'height');
        body.if(i32.gt_s(height, tileRows), () => body.set(height, tileRows));
        const target = {
          right,
          rightStep,
          depth,
          output: select(place, edge, isWhole),
          outputStride: select(outputStride, i32.const(32), isWhole),
          accumulate: i32.and(accumulate, isWhole),
        };
        const call = (kernels: TileKernels[]): void =>
          switchHeight(body, height, tileRows, (tile) =>
            body.emit(callTile(kernels[tile - 1]!, row, target)),
          );
        body.if(
          i32.gt_s(width, 4),
          () => call(wide),
          () => call(narrow),
        );
        body.if(i32.eqz(isWhole), () =>
          body.emit(
            copyEdge.call({
              edge,
              output: place,
              outputStride,
              rows: height,
              columns: width,
              accumulate,
            }),
          ),
        );
        body.increase(place, i32.mul(outputStride, tileRows));
      });
      body.increase(right, rightStripStride);
    });
  };

  return {
    packed: module.function('multiplyPacked', multiplyPackedSignature, (body, parameters) =>
      walk(body, parameters, ({ packed }, row, target) => {
        const bytesPerRow = i32.shl(parameters.depth, 2);
        return packed.call({
          left: i32.add(parameters.left, i32.mul(row, bytesPerRow)),
          ...target,
        });
      }),
    ),
    strided: module.function('multiplyStrided', multiplyStridedSignature, (body, parameters) =>
      walk(body, parameters, ({ strided }, row, target) => {
        const { left, leftRowStride, leftStep } = parameters;
        const from = i32.add(left, i32.mul(row, leftRowStride));
        return strided.call({ left: from, leftRowStride, leftStep, ...target });
      }),
    ),
  };
}

type TileArguments = Readonly<
  Record<'right' | 'rightStep' | 'depth' | 'output' | 'outputStride' | 'accumulate', Operand<'i32'>>
>;

const zeroVector = v128.const(new Float32Array(4));

/** Brings a tile of which a part sticks out to where it belongs. */
function defineCopyEdge(module: ModuleBuilder) {
  const parameters = {
    edge: 'i32',
    output: 'i32',
    outputStride: 'i32',
    rows: 'i32',
    columns: 'i32',
    accumulate: 'i32',
  } as const;
  return module.function('copyEdge', { parameters }, (body, given) => {
    const { edge, output, outputStride, rows, columns, accumulate } = given;
    const whole = body.let(i32.and(columns, -4), 'whole');
    body.for({ to: rows }, () => {
      body.if(whole, () => {
        const before = select(v128.load(output), zeroVector, accumulate);
        body.emit(v128.store(output, f32x4.add(before, v128.load(edge))));
      });
      body.for({ from: i32.shl(whole, 2), to: i32.shl(columns, 2), step: 4 }, (offset) => {
        const place = i32.add(output, offset);
        const before = select(f32.load(place), f32.const(0), accumulate);
        body.emit(f32.store(place, f32.add(before, f32.load(i32.add(edge, offset)))));
      });
      body.increase(edge, 32);
      body.increase(output, outputStride);
    });
  });
}
