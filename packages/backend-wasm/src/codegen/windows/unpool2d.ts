import {
  axisClasses,
  elementsOf,
  lowerUnpool2d,
  sizeOf,
  type Unpool2dKernel,
} from '@gradus/core/backend';
import { f32x4, i32x4, v128, type FunctionBody, type Variable } from '../../assembler/index.js';
import type { Code } from '../code.js';
import type { Environment } from '../environment.js';
import type { KernelFunction } from '../kernel-function.js';
import { laneCount, lanes } from '../lanes.js';
import { singleThreadSize } from '../map.js';
import { reduceFunction } from '../reduce.js';
import { arrange, boundsOf, laneLoads, loadRow, type LaneLoads } from './lane-loads.js';
import { isWrittenOut } from './limits.js';
import { vectorClasses, type LaneSources, type VectorTap } from './vector-classes.js';
import { windowFunction } from './window-function.js';
import type { WindowVector } from './window-nest.js';

type Vector = Code<'v128'>;

/**
 * What pooling of float32 sends back, four elements of the images at a time, with the places that
 * each may come from written out; other dtypes and large windows as reductions.
 */
export function unpool2dFunction(environment: Environment, kernel: Unpool2dKernel): KernelFunction {
  const { dtype, pooled, shape, window, buffer, positions } = kernel;
  const rows = axisClasses(elementsOf(window, 0, shape[2], pooled[2]));
  const columns = vectorClasses(elementsOf(window, 1, shape[3], pooled[3]));
  if (dtype !== 'float32' || !isWrittenOut(rows, columns)) {
    return reduceFunction(environment, lowerUnpool2d(kernel));
  }
  const buffers = positions === undefined ? [buffer] : [buffer, positions];
  return windowFunction(environment, kernel, {
    ...{ source: pooled, buffers, rows, columns },
    single: sizeOf(shape) < singleThreadSize,
    compute: ({ body }, vector) => sentBack(body, kernel, vector),
  });
}

/** What all places that see an element send to it. */
function sentBack(
  body: FunctionBody,
  { pooled, window }: Unpool2dKernel,
  { rows, columns, pointers: [values, positions] }: WindowVector,
): Vector {
  const slots = slotsOf(columns.taps);
  const bounds = boundsOf(slots.map(({ sources }) => sources));
  const terms = rows.sources.flatMap((source, index) =>
    slots.map(({ sources, taps }): Vector => {
      const pattern = laneLoads(sources, bounds);
      const line = source * pooled[3];
      const value = loadLanes(body, values!, line, pattern);
      if (positions === undefined) return value;
      const first = rows.taps[index]! * window.kernel[1];
      const here = v128.const(Int32Array.from(taps, (tap) => first + tap));
      return v128.and(value, i32x4.eq(loadLanes(body, positions, line, pattern), here));
    }),
  );
  if (terms.length === 0) return f32x4.splat(0);
  return terms.reduce((sum, term) => f32x4.add(body.let(sum, 'sum'), term));
}

function loadLanes(
  body: FunctionBody,
  pointer: Variable<'i32'>,
  line: number,
  pattern: LaneLoads,
): Vector {
  const loaded = pattern.loads.map((load) => body.let(loadRow(load, pointer, line, 0), 'row'));
  return arrange(loaded, pattern, 0);
}

/** One place for each lane, and through which element of the kernel it sends. */
interface Slot {
  readonly sources: LaneSources;
  readonly taps: readonly number[];
}

/** As few loads as the lane with the most places needs: where windows do not overlap, one. */
function slotsOf(taps: readonly VectorTap[]): Slot[] {
  const ofLanes = lanes(laneCount).map((lane) =>
    taps.filter(({ sources }) => sources[lane] !== undefined),
  );
  const most = Math.max(...ofLanes.map(({ length }) => length));
  return Array.from({ length: most }, (_, slot) => ({
    sources: ofLanes.map((each, lane) => each[slot]?.sources[lane]),
    taps: ofLanes.map((each) => each[slot]?.tap ?? 0),
  }));
}
