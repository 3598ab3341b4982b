import { isFloating, sizeOf, type MatMulKernel, type MatrixOperand } from '@gradus/core/backend';
import { addDirectProduct, storeIntegerProduct } from '../matmul/direct-product.js';
import { corner, type BlockShape, type Matrix } from '../matmul/matrix.js';
import { progression, type Operand } from '../matmul/operand.js';
import { blockColumns, blockRows, packedProduct } from '../matmul/packed-product.js';
import { ProgramBuilder } from '../program/builder.js';
import { ExpressionLowering } from '../program/lowering.js';
import type { CompiledProgram, NumberArray, Program } from '../program/program.js';
import type { KernelContext } from './compile.js';
import { storeSum } from './outputs.js';

/** The places in the `window` array, before the batch's coordinates. */
const firstRow = 0;
const endRow = 1;
const firstColumn = 2;
const endColumn = 3;
const tileStride = 4;
const batchStart = 5;

/** Multiplies block by block, and runs the epilogue on each block while it is in the cache. */
export function compileMatMul(
  kernel: MatMulKernel,
  { scalars, scratch, translate }: KernelContext,
): CompiledProgram {
  const window = new Int32Array(batchStart + kernel.shape.length - 2);
  const tile = scratch(packedProduct().tile);
  const epilogue = translate(epilogueProgram(kernel, scalars, tile, scratch(window)));
  const product = new BlockedProduct(kernel, window);
  return {
    source:
      `// ${kernel.shape.join(' × ')} over a depth of ${kernel.depth}: the blocked product ` +
      `of mat-mul.ts, and for each block of it\n${epilogue.source}`,
    run: (arrays) => product.run(arrays, () => epilogue.run(arrays)),
  };
}

/**
 * What follows the product, as a program over one block of it. The arrays at positions `tile` and
 * `window` hold that block and say which one it is.
 */
function epilogueProgram(
  kernel: MatMulKernel,
  scalars: number,
  tile: number,
  window: number,
): Program {
  const { name, shape } = kernel;
  const builder = new ProgramBuilder(name);
  const lowering = new ExpressionLowering(builder, shape.length, scalars);
  const argument = (position: number): number => builder.load(window, builder.constant(position));
  const rowAxis = shape.length - 2;
  for (let axis = 0; axis < rowAxis; axis++) lowering.bindAxis(axis, argument(batchStart + axis));
  const [top, bottom] = [argument(firstRow), argument(endRow)];
  const [start, end] = [argument(firstColumn), argument(endColumn)];
  builder.loop(builder.root, top, bottom, (row, rowBody) => {
    lowering.bindAxis(rowAxis, row);
    const line = builder.integer('mul', builder.integer('sub', row, top), argument(tileStride));
    const base = builder.integer('sub', line, start);
    builder.loop(rowBody, start, end, (column, body) => {
      lowering.bindAxis(rowAxis + 1, column);
      storeSum(builder, lowering, kernel, tile, builder.integer('add', base, column), body);
    });
  });
  return builder.finish();
}

class BlockedProduct {
  readonly #kernel: MatMulKernel;
  readonly #window: Int32Array;
  readonly #left: Tables;
  readonly #right: Tables;

  constructor(kernel: MatMulKernel, window: Int32Array) {
    this.#kernel = kernel;
    this.#window = window;
    const { left, right, shape } = kernel;
    const [rows, columns] = shape.slice(-2) as [number, number];
    const depth = isThin(rows, columns) ? 0 : kernel.depth;
    this.#left = {
      lines: progression(Math.min(rows, blockRows), left.rowStride),
      steps: progression(depth, left.columnStride),
    };
    this.#right = {
      lines: progression(Math.min(columns, blockColumns), right.columnStride),
      steps: progression(depth, right.rowStride),
    };
  }

  run(arrays: readonly NumberArray[], finishBlock: () => void): void {
    const { shape, left, right } = this.#kernel;
    const batchShape = shape.slice(0, -2);
    const [rows, columns] = shape.slice(-2) as [number, number];
    const window = this.#window;
    const batch = new Array<number>(batchShape.length).fill(0);
    for (let count = sizeOf(batchShape); count > 0; count--) {
      window.set(batch, batchStart);
      const leftMatrix = matrixOf(left, batch, arrays);
      const rightMatrix = matrixOf(right, batch, arrays);
      for (let column = 0; column < columns; column += blockColumns) {
        window[firstColumn] = column;
        window[endColumn] = Math.min(column + blockColumns, columns);
        for (let row = 0; row < rows; row += blockRows) {
          window[firstRow] = row;
          window[endRow] = Math.min(row + blockRows, rows);
          this.#multiply(corner(leftMatrix, row, 0), corner(rightMatrix, 0, column));
          finishBlock();
        }
      }
      advance(batch, batchShape);
    }
  }

  /** Fills the tile with the block of the product that `window` names. */
  #multiply(left: Matrix, right: Matrix): void {
    const { dtype, depth } = this.#kernel;
    const window = this.#window;
    const product = packedProduct();
    const { tile } = product;
    const rows = window[endRow]! - window[firstRow]!;
    const columns = window[endColumn]! - window[firstColumn]!;
    const stride = Math.ceil(columns / 4) * 4;
    const block: BlockShape = { rows, columns, depth, stride };
    window[tileStride] = stride;
    if (!isFloating(dtype)) {
      storeIntegerProduct(tile, dtype, left, right, block);
      return;
    }
    tile.fill(0, 0, Math.ceil(rows / 2) * 2 * stride);
    if (isThin(rows, columns)) addDirectProduct(tile, left, right, block);
    else {
      const again = window[firstRow]! > 0;
      product.add(operand(left, this.#left), operand(right, this.#right), block, again);
    }
  }
}

type Tables = Pick<Operand, 'lines' | 'steps'>;

function operand({ array, offset }: Matrix, { lines, steps }: Tables): Operand {
  return { array, offset, lines, steps };
}

/** Whether packing does not pay. */
function isThin(rows: number, columns: number): boolean {
  return Math.min(rows, columns) < 4;
}

function matrixOf(
  { buffer, offset, batchStrides, rowStride, columnStride }: MatrixOperand,
  batch: readonly number[],
  arrays: readonly NumberArray[],
): Matrix {
  let start = offset;
  batch.forEach((coordinate, axis) => (start += coordinate * batchStrides[axis]!));
  return { array: arrays[buffer]!, offset: start, rowStride, columnStride };
}

/** The next coordinates in row-major order. */
function advance(coordinates: number[], shape: readonly number[]): void {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    coordinates[axis] = coordinates[axis]! + 1;
    if (coordinates[axis]! < shape[axis]!) return;
    coordinates[axis] = 0;
  }
}
