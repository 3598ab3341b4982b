import { f32x4, v128, type Expression } from '../../assembler/index.js';
import { pickLanes } from '../../pick-lanes.js';
import { laneCount, lanes, loadNeighbours } from '../lanes.js';
import type { LaneSources } from './vector-classes.js';

type Vector = Expression<'v128'>;

/** What one load takes from a row of a source. */
export type RowLoad =
  /** `count` neighbours from `start` on. */
  | { readonly start: number; readonly count: number }
  /** Each lane from a place of its own. */
  | { readonly sources: LaneSources };

/** How lanes that meet a row here and there come from few loads and a shuffle. */
export interface LaneLoads {
  readonly loads: readonly RowLoad[];
  /** The lanes of what was loaded, one vector behind the other; then comes what fills empty lanes. */
  readonly lanes: readonly number[];
}

/** What is read of a row anyway: loads beyond it might leave the buffer. */
interface Bounds {
  readonly least: number;
  readonly greatest: number;
}

/** The bounds of everything that lanes meet. */
export function boundsOf(all: readonly LaneSources[]): Bounds {
  const present = all.flat().filter((source) => source !== undefined);
  return { least: Math.min(...present), greatest: Math.max(...present) };
}

/** How to load lanes, at least one of which meets the source. */
export function laneLoads(sources: LaneSources, { least, greatest }: Bounds): LaneLoads {
  const bounds = boundsOf([sources]);
  const start = bounds.least;
  const span = bounds.greatest - start + 1;
  if (span <= laneCount) {
    const fill = laneCount;
    return {
      loads: [{ start, count: span }],
      lanes: sources.map((source) => (source === undefined ? fill : source - start)),
    };
  }
  const step = stepOf(sources);
  if (step !== 2 && step !== 3) return { loads: [{ sources }], lanes: lanes(laneCount) };
  // Of two elements of a window that are neighbours, both come from the same loads.
  const first = step === 2 && (start - least) % 2 === 1 ? start - 1 : start;
  const second = step === 2 ? Math.min(first + laneCount, greatest - 3) : start + 2 * step;
  return {
    loads: [first, second].map((each) => ({ start: each, count: laneCount })),
    lanes: lanes(laneCount).map((lane) => {
      const source = start + lane * step;
      return lane < 2 ? source - first : laneCount + source - second;
    }),
  };
}

/** From each lane to the next, if all are there. */
function stepOf(sources: LaneSources): number | undefined {
  const [first, second] = sources;
  if (first === undefined || second === undefined) return undefined;
  const step = second - first;
  return sources.every((source, lane) => source === first + lane * step) ? step : undefined;
}

/** Names a load, for who remembers what has been loaded. */
export function nameOf(load: RowLoad): string {
  return 'start' in load ? `${load.start}:${load.count}` : load.sources.join();
}

/**
 * Loads float32 or 32-bit numbers from a row.
 *
 * @param row Where element 0 of it is, in elements from `pointer`.
 * @param fill What empty lanes hold.
 */
export function loadRow(
  load: RowLoad,
  pointer: Expression<'i32'>,
  row: number,
  fill: number,
): Vector {
  if ('start' in load) {
    return loadNeighbours('float32', pointer, load.count, 4 * (row + load.start));
  }
  return load.sources.reduce<Vector>(
    (vector, source, lane) =>
      source === undefined ? vector : v128.load32_lane(pointer, vector, lane, 4 * (row + source)),
    f32x4.splat(fill),
  );
}

/** The lanes of what was loaded. */
export function arrange(
  loaded: readonly Vector[],
  { lanes: picked }: LaneLoads,
  fill: number,
): Vector {
  const [first, second = f32x4.splat(fill)] = loaded;
  if (picked.every((lane, position) => lane === position)) return first!;
  return pickLanes(first!, second, picked as [number, number, number, number]);
}
