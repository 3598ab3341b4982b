import type { AxisClass, ImageShape } from '@gradus/core/backend';
import { i32, type Variable } from '../../assembler/index.js';
import type { Evaluator } from '../evaluator.js';
import {
  nest,
  partOf,
  partOfThread,
  sharedAxis,
  sharedIterations,
  type Axis,
  type Thread,
} from '../loops.js';
import type { VectorClass } from './vector-classes.js';

/** What moves over what. */
export interface WindowLoops {
  /** The shape of the result, whose last axis the vectors are along. */
  readonly shape: ImageShape;
  /** Of what is read. */
  readonly source: ImageShape;
  /** What is read, all of the same shape. */
  readonly buffers: readonly number[];
  readonly rows: readonly AxisClass[];
  readonly columns: readonly VectorClass[];
}

/** A vector of the result. */
export interface WindowVector {
  readonly rows: AxisClass;
  readonly columns: VectorClass;
  /** For each of the buffers, what the sources of both classes count from. */
  readonly pointers: readonly Variable<'i32'>[];
}

/** Writes loops over images, channels, and the classes of rows and columns. */
export function windowNest(
  evaluator: Evaluator,
  loops: WindowLoops,
  thread: Thread,
  build: (vector: WindowVector) => void,
): void {
  const { shape, source, buffers, rows, columns } = loops;
  const { body } = evaluator;
  const outer: readonly Axis[] = [0, 1].map((axis) => ({ axis, extent: shape[axis]! }));
  const longest = sharedAxis(outer, undefined)!;
  const byRows = longest.extent < sharedIterations && shape[2] > longest.extent;
  const part = byRows ? undefined : partOfThread(body, outer, undefined, thread);
  const [, channels, height, width] = source;
  nest(evaluator, outer, undefined, part, () => {
    const plane = i32.add(i32.mul(evaluator.indexOf(0), channels), evaluator.indexOf(1));
    const start = body.let(i32.mul(plane, 4 * height * width), 'plane');
    for (const row of rows) {
      const range = partOf(row.count, byRows ? thread : undefined);
      body.for({ ...range, name: 'line' }, (line) => {
        const down = i32.add(start, i32.mul(line, 4 * width * row.sourceStep));
        const first = body.let(down, 'first');
        const y = body.let(i32.add(i32.mul(line, row.step), row.first), 'y');
        evaluator.within(2, y, () => {
          for (const column of columns) {
            const pointers = buffers.map((buffer) =>
              body.let(i32.add(evaluator.address(buffer), first), 'pointer'),
            );
            const { first: from, step, count, sourceStep, lanes } = column;
            body.for({ from, to: from + step * count, step, name: 'x' }, (x) => {
              const vector = { rows: row, columns: column, pointers };
              evaluator.within(3, x, () => build(vector), lanes);
              if (count === 1) return;
              for (const pointer of pointers) body.increase(pointer, 4 * sourceStep);
            });
          }
        });
      });
    }
  });
}
