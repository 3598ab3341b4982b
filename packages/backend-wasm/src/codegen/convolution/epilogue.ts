import type { Conv2dKernel } from '@gradus/core/backend';
import { i32, v128, type FunctionReference } from '../../assembler/index.js';
import { Analysis } from '../analysis.js';
import type { Code } from '../code.js';
import type { Environment } from '../environment.js';
import { Evaluator } from '../evaluator.js';
import type { Plans } from '../hoisting.js';
import { loadedBuffers, rehearsed } from '../kernel-function.js';
import { laneCount } from '../lanes.js';
import { storeOutputs } from '../store.js';

/** Which part of the result is finished: all of the last axis, of the others a range. */
const signature = {
  parameters: {
    parameters: 'i32',
    /** Where the results are: for each lane row by row, in order of the other axes. */
    tile: 'i32',
    /** From lane to lane, in bytes. */
    tileStride: 'i32',
    lane: 'i32',
    lanes: 'i32',
    outer: 'i32',
    outerCount: 'i32',
    inner: 'i32',
    innerCount: 'i32',
  },
} as const;

/** A function that computes what follows a convolution, and stores it. */
export type ConvolutionEpilogue = FunctionReference<typeof signature>;

/** Defines the epilogue of a kernel of which results come lane by lane along `laneAxis`. */
export function convolutionEpilogue(
  environment: Environment,
  kernel: Conv2dKernel,
  laneAxis: 0 | 1,
): ConvolutionEpilogue {
  const { name, shape, outputs } = kernel;
  const values = outputs.map(({ value }) => value);
  const buffers = [...loadedBuffers(values), ...outputs.map(({ buffer }) => buffer)];
  const analysis = new Analysis();
  const width = shape[3];
  const vectorsEnd = width - (width % laneCount);
  return rehearsed(environment, (stage, hoisted) => {
    let plans: Plans = new Map();
    const written = stage.module.function(`${name} epilogue`, signature, (body, given) => {
      const evaluator = new Evaluator(body, given.parameters, stage, analysis, 3);
      evaluator.begin(buffers, hoisted);
      const finish = (line: Code<'i32'>, column: Code<'i32'>): void => {
        const result = body.let(v128.load(i32.add(line, i32.shl(column, 2))), 'result');
        evaluator.withReduced([result], () =>
          storeOutputs(evaluator, stage.plan, shape, outputs, 3),
        );
      };
      const overRange = (
        axis: number,
        first: Code<'i32'>,
        count: Code<'i32'>,
        build: () => void,
      ): void =>
        body.for({ from: first, to: i32.add(first, count), name: `axis${axis}` }, (index) =>
          evaluator.within(axis, index, build),
        );
      const start = body.let(given.tile, 'start');
      overRange(laneAxis, given.lane, given.lanes, () => {
        const line = body.let(start, 'line');
        overRange(1 - laneAxis, given.outer, given.outerCount, () => {
          overRange(2, given.inner, given.innerCount, () => {
            if (vectorsEnd > 0) {
              body.for({ to: vectorsEnd, step: laneCount, name: 'column' }, (column) =>
                evaluator.within(3, column, () => finish(line, column)),
              );
            }
            if (vectorsEnd < width) {
              const column = body.let(i32.const(vectorsEnd), 'column');
              const rest = width - vectorsEnd;
              evaluator.within(3, column, () => finish(line, column), rest);
            }
            body.increase(line, 4 * width);
          });
        });
        body.increase(start, given.tileStride);
      });
      plans = evaluator.plans;
    });
    return { written, plans };
  });
}
