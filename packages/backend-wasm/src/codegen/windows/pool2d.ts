import {
  axisClasses,
  lowerPool2d,
  placesOf,
  sizeOf,
  stridesOf,
  type Expression,
  type Pool2dKernel,
} from '@gradus/core/backend';
import { f32x4, i32x4, v128, type FunctionBody } from '../../assembler/index.js';
import type { Code } from '../code.js';
import { greaterOf } from '../combine.js';
import type { Environment } from '../environment.js';
import type { KernelFunction } from '../kernel-function.js';
import { singleThreadSize } from '../map.js';
import { reduceFunction } from '../reduce.js';
import { arrange, boundsOf, laneLoads, loadRow, nameOf, type RowLoad } from './lane-loads.js';
import { isWrittenOut } from './limits.js';
import { vectorClasses } from './vector-classes.js';
import { windowFunction } from './window-function.js';
import type { WindowVector } from './window-nest.js';

type Vector = Code<'v128'>;

/** What a position is where a window sees padding only. */
const nowhere = 2147483647;

/** Pooling of float32 with its windows written out, four places at a time; others as reductions. */
export function pool2dFunction(environment: Environment, kernel: Pool2dKernel): KernelFunction {
  const { dtype, images, shape, window, buffer, maxima } = kernel;
  const rows = axisClasses(placesOf(window, 0, images[2], shape[2]));
  const columns = vectorClasses(placesOf(window, 1, images[3], shape[3]));
  if (dtype !== 'float32' || !isWrittenOut(rows, columns)) {
    return reduceFunction(environment, lowerPool2d(kernel));
  }
  const greatest = maxima === undefined ? undefined : loadAt(maxima, kernel);
  return windowFunction(environment, kernel, {
    ...{ source: images, buffers: [buffer], rows, columns },
    ...(greatest && { values: [greatest] }),
    single: sizeOf(images) < singleThreadSize,
    compute: (evaluator, vector) =>
      greatest === undefined
        ? combined(evaluator.body, kernel, vector)
        : position(evaluator.body, kernel, vector, evaluator.vector(greatest)),
  });
}

/** The element of a buffer of the kernel's shape at the coordinates of its result. */
function loadAt(buffer: number, { dtype, shape }: Pool2dKernel): Expression {
  const index = stridesOf(shape)
    .map((stride, axis): Expression => {
      const coordinate: Expression = { op: 'index', dtype: 'int32', axis };
      const factor: Expression = { op: 'constant', dtype: 'int32', value: stride };
      return { op: 'mul', dtype: 'int32', inputs: [coordinate, factor] };
    })
    .reduce((sum, term): Expression => ({ op: 'add', dtype: 'int32', inputs: [sum, term] }));
  return { op: 'load', dtype, buffer, index };
}

/** The greatest element of each window, or the sum: first of columns, as they lie in memory. */
function combined(
  body: FunctionBody,
  { operation, images }: Pool2dKernel,
  { rows, columns, pointers: [pointer] }: WindowVector,
): Vector {
  const isMax = operation === 'max';
  const fill = isMax ? -Infinity : 0;
  const combine = (a: Vector, b: Vector): Vector =>
    isMax ? greaterOf(body.let(a, 'a'), body.let(b, 'b')) : f32x4.add(a, b);
  const bounds = boundsOf(columns.taps.map(({ sources }) => sources));
  const known = new Map<string, Vector>();
  const down = (load: RowLoad): Vector => {
    const lines = rows.sources.map((row) => loadRow(load, pointer!, row * images[3], fill));
    const column = known.get(nameOf(load)) ?? body.let(lines.reduce(combine), 'column');
    known.set(nameOf(load), column);
    return column;
  };
  if (rows.taps.length === 0 || columns.taps.length === 0) return f32x4.splat(fill);
  return columns.taps
    .map(({ sources }) => {
      const pattern = laneLoads(sources, bounds);
      return arrange(pattern.loads.map(down), pattern, fill);
    })
    .reduce(combine);
}

/** The first element of each window that is its greatest: from the last one on, later ones win. */
function position(
  body: FunctionBody,
  { images, window }: Pool2dKernel,
  { rows, columns, pointers: [pointer] }: WindowVector,
  greatest: Vector,
): Vector {
  const bounds = boundsOf(columns.taps.map(({ sources }) => sources));
  const place = body.let(i32x4.splat(nowhere), 'place');
  const width = window.kernel[1];
  rows.taps.toReversed().forEach((row, fromEnd) => {
    const line = rows.sources.at(-1 - fromEnd)! * images[3];
    const known = new Map<string, Vector>();
    const load = (each: RowLoad): Vector => {
      const vector = known.get(nameOf(each)) ?? body.let(loadRow(each, pointer!, line, 0), 'row');
      known.set(nameOf(each), vector);
      return vector;
    };
    for (const { tap, sources } of columns.taps.toReversed()) {
      const pattern = laneLoads(sources, bounds);
      const element = body.let(arrange(pattern.loads.map(load), pattern, 0), 'element');
      // NaN is the greatest element where there is one.
      const isGreatest = v128.or(f32x4.eq(element, greatest), f32x4.ne(element, element));
      const here = sources.map((source) => (source === undefined ? 0 : -1));
      const seen = here.every((mask) => mask === -1)
        ? isGreatest
        : v128.and(isGreatest, v128.const(Int32Array.from(here)));
      body.set(place, v128.bitselect(i32x4.splat(row * width + tap), place, seen));
    }
  });
  return place;
}
