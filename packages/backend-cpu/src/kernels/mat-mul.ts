import { sizeOf, type MatMulKernel, type MatrixOperand } from '@gradus/core/backend';
import type { StridedMatrix } from '../matmul/matrix.js';
import { multiplyByBlocks } from '../matmul/blocks.js';
import { ProgramBuilder } from '../program/builder.js';
import { ExpressionLowering } from '../program/lowering.js';
import type { CompiledProgram, NumberArray, Program } from '../program/program.js';
import { storeOutputs } from './outputs.js';

/** The places in the `window` array, before the batch's coordinates. */
const firstRow = 0;
const endRow = 1;
const firstColumn = 2;
const endColumn = 3;
const tileStride = 4;
const batchStart = 5;

/** How many numbers tell the epilogue which part of the product the tile holds. */
export function windowLength(kernel: MatMulKernel): number {
  return batchStart + kernel.shape.length - 2;
}

/**
 * What follows the product, as a program over one block of it. The arrays at positions `tile` and
 * `window` hold that block and say which one it is.
 */
export function epilogueProgram(
  { name, dtype, shape, outputs }: MatMulKernel,
  scalars: number,
  tile: number,
  window: number,
): Program {
  const builder = new ProgramBuilder(name);
  const lowering = new ExpressionLowering(builder, shape.length, scalars);
  const argument = (position: number): number => builder.load(window, builder.constant(position));
  const integer = (operation: 'add' | 'sub' | 'mul', a: number, b: number): number =>
    builder.operation(operation, 'int32', [a, b]);
  const rowAxis = shape.length - 2;
  for (let axis = 0; axis < rowAxis; axis++) lowering.bindAxis(axis, argument(batchStart + axis));
  const [top, bottom] = [argument(firstRow), argument(endRow)];
  const [start, end] = [argument(firstColumn), argument(endColumn)];
  builder.loop(builder.root, top, bottom, (row, rowBody) => {
    lowering.bindAxis(rowAxis, row);
    const line = integer('mul', integer('sub', row, top), argument(tileStride));
    const base = integer('sub', line, start);
    builder.loop(rowBody, start, end, (column, body) => {
      lowering.bindAxis(rowAxis + 1, column);
      const product = builder.load(tile, integer('add', base, column));
      // float32 products are summed in double precision and rounded here, once.
      const rounded = dtype === 'float32' ? builder.operation('cast', dtype, [product]) : product;
      lowering.bindReduced([rounded]);
      storeOutputs(builder, lowering, shape, outputs, body);
    });
  });
  return builder.finish();
}

/** Multiplies block by block, and runs the epilogue on each block while it is in the cache. */
export function runMatMul(
  { dtype, shape, depth, left, right }: MatMulKernel,
  arrays: readonly NumberArray[],
  window: Int32Array,
  epilogue: CompiledProgram,
): void {
  const batchShape = shape.slice(0, -2);
  const [rows, columns] = shape.slice(-2) as [number, number];
  const batch = new Array<number>(batchShape.length).fill(0);
  for (let count = sizeOf(batchShape); count > 0; count--) {
    window.set(batch, batchStart);
    const product = {
      left: matrixOf(left, batch, arrays),
      right: matrixOf(right, batch, arrays),
      dtype,
      rows,
      columns,
      depth,
    };
    multiplyByBlocks(product, (block) => {
      window[firstRow] = block.firstRow;
      window[endRow] = block.endRow;
      window[firstColumn] = block.firstColumn;
      window[endColumn] = block.endColumn;
      window[tileStride] = block.stride;
      epilogue.run(arrays);
    });
    advance(batch, batchShape);
  }
}

function matrixOf(
  { buffer, offset, batchStrides, rowStride, columnStride }: MatrixOperand,
  batch: readonly number[],
  arrays: readonly NumberArray[],
): StridedMatrix {
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
