import type { MatMulKernel } from '@gradus/core/backend';
import { i32, v128, type FunctionReference } from '../assembler/index.js';
import { epilogueSignature } from '../gemm/index.js';
import { Analysis } from './analysis.js';
import type { Code } from './code.js';
import type { Environment } from './environment.js';
import { Evaluator } from './evaluator.js';
import type { Plans } from './hoisting.js';
import { loadedBuffers, rehearsed } from './kernel-function.js';
import { laneCount } from './lanes.js';
import { storeOutputs } from './store.js';

/**
 * What follows a product, as a function that `multiply` calls with each finished block. The context
 * holds the address of the plan's parameters and the coordinates of the batch.
 */
export function productEpilogue(environment: Environment, kernel: MatMulKernel): FunctionReference {
  const { name, shape, outputs } = kernel;
  const values = outputs.map(({ value }) => value);
  const buffers = [...loadedBuffers(values), ...outputs.map(({ buffer }) => buffer)];
  const analysis = new Analysis();
  const columnAxis = shape.length - 1;
  const rowAxis = columnAxis - 1;
  const remaining = shape[columnAxis]! % laneCount;
  return rehearsed(environment, (stage, hoisted) => {
    let plans: Plans = new Map();
    const written = stage.module.function(`${name} epilogue`, epilogueSignature, (body, given) => {
      const parameters = body.let(i32.load(given.context), 'parameters');
      const evaluator = new Evaluator(body, parameters, stage, analysis, columnAxis);
      evaluator.begin(buffers, hoisted);
      const blockRow = (row: Code<'i32'>): void => {
        const line = i32.mul(i32.sub(row, given.rowStart), given.tileStride);
        // Of column 0, so that a column's number is enough to find its element.
        const first = i32.sub(i32.add(given.tile, line), i32.shl(given.columnStart, 2));
        const start = body.let(first, 'line');
        const store = (column: Code<'i32'>): void => {
          const product = body.let(v128.load(i32.add(start, i32.shl(column, 2))), 'product');
          evaluator.withReduced([product], () => {
            storeOutputs(evaluator, stage.plan, shape, outputs, columnAxis);
          });
        };
        const vectorsEnd = body.let(i32.and(given.columnEnd, -laneCount), 'vectorsEnd');
        const range = { from: given.columnStart, to: vectorsEnd, step: laneCount, name: 'column' };
        body.for(range, (column) => evaluator.within(columnAxis, column, () => store(column)));
        if (remaining === 0) return;
        // Blocks begin and end at whole vectors, but for the last column's.
        body.if(i32.ne(vectorsEnd, given.columnEnd), () => {
          evaluator.within(columnAxis, vectorsEnd, () => store(vectorsEnd), remaining);
        });
      };
      const withBatch = (axis: number): void => {
        if (axis < rowAxis) {
          const coordinate = body.let(i32.load(given.context, 4 * (1 + axis)), `axis${axis}`);
          evaluator.within(axis, coordinate, () => withBatch(axis + 1));
          return;
        }
        const range = { from: given.rowStart, to: given.rowEnd, name: 'row' };
        body.for(range, (row) => evaluator.within(rowAxis, row, () => blockRow(row)));
      };
      withBatch(0);
      plans = evaluator.plans;
    });
    return { written, plans };
  });
}
