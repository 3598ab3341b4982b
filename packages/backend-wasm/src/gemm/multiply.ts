import {
  i32,
  select,
  type Expression,
  type FunctionReference,
  type ModuleBuilder,
  type TableReference,
  type Variable,
} from '../assembler/index.js';
import type { BlockKernels } from './block-kernel.js';
import type { Blocking } from './blocking.js';
import { evenStep, forBlocks, minimum } from './loops.js';
import type { Pack } from './pack.js';
import { choosePacking } from './packing-policy.js';
import { scratchLayout } from './scratch.js';
import { epilogueSignature, multiplySignature } from './signatures.js';

/** What `multiply` is made of. */
export interface MultiplyParts extends BlockKernels {
  readonly packLeft: Pack;
  readonly packRight: Pack;
}

type Integer = Variable<'i32'>;

/** Defines `multiply`: the loops over blocks that fit the caches. */
export function defineMultiply(
  module: ModuleBuilder,
  table: TableReference,
  blocking: Blocking,
  { packLeft, packRight, packed, strided }: MultiplyParts,
): FunctionReference<typeof multiplySignature> {
  const { tileColumns, blockRows, blockColumns, blockDepth, waitingRows } = blocking;
  const layout = scratchLayout(blocking);
  return module.function('multiply', multiplySignature, (body, parameters) => {
    const { rowStart, rowEnd, columnStart, columnEnd, depth, epilogue, context } = parameters;
    const { scratch } = parameters;
    const bytes = (stride: Integer): Integer => body.let(i32.shl(stride, 2), `${stride.name}Bytes`);
    const leftRowStride = bytes(parameters.leftRowStride);
    const leftColumnStride = bytes(parameters.leftColumnStride);
    const rightRowStride = bytes(parameters.rightRowStride);
    const rightColumnStride = bytes(parameters.rightColumnStride);
    const outputRowStride = bytes(parameters.outputRowStride);

    const rows = body.let(i32.sub(rowEnd, rowStart), 'rows');
    const columns = body.let(i32.sub(columnEnd, columnStart), 'columns');
    const columnStep = evenStep(body, columns, blockColumns, tileColumns);
    const depthStep = evenStep(body, depth, blockDepth, 4);
    const strides = { leftColumnStride, rightRowStride, rightColumnStride };
    const packing = choosePacking(body, { rows, columns, depthStep, ...strides });
    const waits = body.let(i32.ge_s(epilogue, 0), 'waits');
    // A product that waits for the rest of its depth is kept, so it is made a few rows at a time.
    const keeps = body.let(i32.and(waits, i32.lt_s(depthStep, depth)), 'keeps');
    const groupStep = body.let(select(i32.const(waitingRows), rows, keeps), 'groupStep');

    const right = body.let(i32.const(0), 'right');
    const rightStep = body.let(i32.const(0), 'rightStep');
    const rightStripStride = body.let(i32.const(0), 'rightStripStride');
    const takeRight = (step: Integer, count: Integer, column: Integer, width: Integer): void => {
      const source = body.let(i32.add(parameters.right, i32.mul(step, rightRowStride)), 'source');
      body.increase(source, i32.mul(column, rightColumnStride));
      const stripBytes = 4 * tileColumns;
      body.if(
        packing.right,
        () => {
          body.set(right, i32.add(scratch, layout.rightPanel));
          body.set(rightStep, stripBytes);
          body.set(rightStripStride, i32.mul(count, stripBytes));
          body.emit(
            packRight.call({
              target: right,
              source,
              lanes: width,
              laneStride: rightColumnStride,
              depth: count,
              depthStride: rightRowStride,
            }),
          );
        },
        () => {
          body.set(right, source);
          body.set(rightStep, rightRowStride);
          body.set(rightStripStride, stripBytes);
        },
      );
    };

    const output = body.let(i32.const(0), 'output');
    const outputStride = body.let(i32.const(0), 'outputStride');
    const computedColumns = body.let(i32.const(0), 'computedColumns');
    const placeOutput = (
      row: Integer,
      column: Integer,
      width: Integer,
      waitingRow: Expression<'i32'>,
    ): void =>
      body.if(
        waits,
        () => {
          const first = select(waitingRow, i32.const(0), keeps);
          body.set(output, i32.add(scratch, i32.mul(first, layout.productStride)));
          body.increase(output, layout.product);
          body.set(outputStride, layout.productStride);
          // There is room for whole vectors, which spares the detour of edges.
          body.set(computedColumns, i32.and(i32.add(width, 3), -4));
        },
        () => {
          body.set(output, i32.add(parameters.output, i32.mul(row, outputRowStride)));
          body.increase(output, i32.shl(column, 2));
          body.set(outputStride, outputRowStride);
          body.set(computedColumns, width);
        },
      );

    const multiplyBlock = (step: Integer, count: Integer, row: Integer, height: Integer): void => {
      const left = body.let(i32.add(parameters.left, i32.mul(row, leftRowStride)), 'left');
      body.increase(left, i32.mul(step, leftColumnStride));
      const block = {
        ...{ right, rightStep, rightStripStride, output, outputStride },
        rows: height,
        columns: computedColumns,
        depth: count,
        accumulate: i32.ne(step, 0),
        edge: i32.add(scratch, layout.edge),
      };
      body.if(
        packing.left,
        () => {
          const target = body.let(i32.add(scratch, layout.leftPanel), 'leftPanel');
          body.emit(
            packLeft.call({
              target,
              source: left,
              lanes: height,
              laneStride: leftRowStride,
              depth: count,
              depthStride: leftColumnStride,
            }),
          );
          body.emit(packed.call({ ...block, left: target }));
        },
        () => {
          const leftStep = leftColumnStride;
          body.emit(strided.call({ ...block, left, leftRowStride, leftStep }));
        },
      );
    };

    forBlocks(body, { from: columnStart, to: columnEnd }, columnStep, (column, width) =>
      forBlocks(body, { from: rowStart, to: rowEnd }, groupStep, (group, groupHeight) => {
        const step = body.let(i32.const(0), 'step');
        // Once even without depth: such a product is zero.
        body.loop((next) => {
          const count = minimum(body, i32.sub(depth, step), depthStep, 'count');
          takeRight(step, count, column, width);
          const groupRows = { from: group, to: i32.add(group, groupHeight) };
          forBlocks(body, groupRows, i32.const(blockRows), (row, height) => {
            placeOutput(row, column, width, i32.sub(row, group));
            multiplyBlock(step, count, row, height);
            const isComplete = i32.ge_s(i32.add(step, count), depth);
            body.if(i32.and(waits, isComplete), () => {
              const rowsAndColumns = {
                rowStart: row,
                rowEnd: i32.add(row, height),
                columnStart: column,
                columnEnd: i32.add(column, width),
              };
              const tile = { tile: output, tileStride: outputStride };
              body.emit(
                table.call(epilogueSignature, epilogue, { context, ...rowsAndColumns, ...tile }),
              );
            });
          });
          body.increase(step, depthStep);
          body.branch(next, i32.lt_s(step, depth));
        });
      }),
    );
  });
}
