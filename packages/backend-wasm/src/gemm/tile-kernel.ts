import {
  f32x4,
  i32,
  v128,
  type Expression,
  type FunctionBody,
  type FunctionReference,
  type ModuleBuilder,
  type Variable,
} from '../assembler/index.js';
import type { MultiplyAdd } from '../multiply-add.js';

/** Everything in bytes but `depth`; `accumulate` is 0 to store the product, else it is added. */
const common = {
  left: 'i32',
  right: 'i32',
  /** From one vector of the right operand to the next below it. */
  rightStep: 'i32',
  depth: 'i32',
  output: 'i32',
  outputStride: 'i32',
  accumulate: 'i32',
} as const;

/** For a strip of packed rows: all rows of a column lie together. */
const packedSignature = { parameters: common } as const;

/** For a matrix as it is: `leftStep` leads along a row, `leftRowStride` to the next one. */
const stridedSignature = {
  parameters: { ...common, leftStep: 'i32', leftRowStride: 'i32' },
} as const;

/** The kernels of one shape of tile. */
export interface TileKernels {
  readonly packed: FunctionReference<typeof packedSignature>;
  readonly strided: FunctionReference<typeof stridedSignature>;
}

/**
 * The kernels that compute `rows` × 4·`vectors` elements of a product in registers.
 *
 * @param stripRows The height of strips of the packed left operand, which may be more than `rows`.
 */
export function defineTileKernels(
  module: ModuleBuilder,
  rows: number,
  vectors: number,
  stripRows: number,
  multiplyAdd: MultiplyAdd,
): TileKernels {
  const name = `tile${rows}x${4 * vectors}`;
  const packed = module.function(`${name}Packed`, packedSignature, (body, parameters) => {
    const { left, right, rightStep, depth } = parameters;
    const tile = zeros(body, rows, vectors);
    body.for({ to: depth }, () => {
      addOuterProduct(body, tile, right, (row) => v128.load32_splat(left, 4 * row), multiplyAdd);
      body.increase(left, 4 * stripRows);
      body.increase(right, rightStep);
    });
    storeTile(body, tile, parameters);
  });
  const strided = module.function(`${name}Strided`, stridedSignature, (body, parameters) => {
    const { left, right, rightStep, depth, leftStep, leftRowStride } = parameters;
    const tile = zeros(body, rows, vectors);
    const pointers = [left];
    while (pointers.length < rows) {
      pointers.push(body.let(i32.add(pointers.at(-1)!, leftRowStride), 'left'));
    }
    body.for({ to: depth }, () => {
      addOuterProduct(body, tile, right, (row) => v128.load32_splat(pointers[row]!), multiplyAdd);
      for (const pointer of pointers) body.increase(pointer, leftStep);
      body.increase(right, rightStep);
    });
    storeTile(body, tile, parameters);
  });
  return { packed, strided };
}

type Tile = readonly (readonly Variable<'v128'>[])[];

function zeros(body: FunctionBody, rows: number, vectors: number): Tile {
  return Array.from({ length: rows }, () =>
    Array.from({ length: vectors }, () => body.let(f32x4.splat(0), 'sum')),
  );
}

/** Adds one column of the left operand times one row of the right operand. */
function addOuterProduct(
  body: FunctionBody,
  tile: Tile,
  right: Variable<'i32'>,
  loadLeft: (row: number) => Expression<'v128'>,
  multiplyAdd: MultiplyAdd,
): void {
  const columns = tile[0]!.map((_, column) => body.let(v128.load(right, 16 * column), 'right'));
  tile.forEach((sums, row) => {
    const factor = body.let(loadLeft(row), 'factor');
    sums.forEach((sum, column) => body.set(sum, multiplyAdd(factor, columns[column]!, sum)));
  });
}

function storeTile(
  body: FunctionBody,
  tile: Tile,
  target: Record<'output' | 'outputStride' | 'accumulate', Variable<'i32'>>,
): void {
  const { output, outputStride, accumulate } = target;
  const store = (valueOf: (sum: Variable<'v128'>, offset: number) => Expression<'v128'>): void =>
    tile.forEach((sums) => {
      sums.forEach((sum, column) =>
        body.emit(v128.store(output, valueOf(sum, 16 * column), 16 * column)),
      );
      body.increase(output, outputStride);
    });
  body.if(
    accumulate,
    () => store((sum, offset) => f32x4.add(v128.load(output, offset), sum)),
    () => store((sum) => sum),
  );
}
