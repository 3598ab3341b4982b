import { axisClasses, type WindowAxis } from '@gradus/core/backend';
import { laneCount } from '../lanes.js';

/** Where each lane meets the source; `undefined` where it does not. */
export type LaneSources = readonly (number | undefined)[];

/** An element of the kernel, and where vectors of a class meet the source through it. */
export interface VectorTap {
  readonly tap: number;
  /** For the first vector of the class. */
  readonly sources: LaneSources;
}

/**
 * Vectors of neighbours along an axis of a result, of which each lane sees the same elements of the
 * kernel from one vector to the next: within a class there are no bounds to test.
 */
export interface VectorClass {
  readonly count: number;
  /** The coordinate of lane 0 in the first vector, and how much greater it is in each following one. */
  readonly first: number;
  readonly step: number;
  /** Fewer than four at the end of the axis. */
  readonly lanes: number;
  readonly taps: readonly VectorTap[];
  /** How much further each following vector meets the source. */
  readonly sourceStep: number;
}

/** Sorts the coordinates of a result into vectors, and those into classes. */
export function vectorClasses(axis: WindowAxis): VectorClass[] {
  const vectors = Math.floor(axis.extent / laneCount);
  const remaining = axis.extent % laneCount;
  const whole = classesOf(axis, 0, vectors, laneCount);
  return remaining === 0 ? whole : [...whole, ...classesOf(axis, vectors, 1, remaining)];
}

/** The classes of `count` vectors, from the one at position `start` on. */
function classesOf(axis: WindowAxis, start: number, count: number, lanes: number): VectorClass[] {
  // So many vectors further, lanes see the same elements again.
  const period = axis.step / greatestCommonDivisor(axis.step, laneCount);
  const sourceStep = ((period * laneCount) / axis.step) * axis.sourceStep;
  const classes = axisClasses({
    extent: count,
    taps: axis.taps * laneCount,
    step: period,
    sourceStep,
    source: (vector, tapOfLane) => {
      const lane = tapOfLane % laneCount;
      const coordinate = laneCount * (start + vector) + lane;
      return lane < lanes ? axis.source(coordinate, Math.floor(tapOfLane / laneCount)) : undefined;
    },
  });
  return classes.map((each) => ({
    count: each.count,
    first: laneCount * (start + each.first),
    step: laneCount * each.step,
    lanes,
    taps: vectorTaps(each.taps, each.sources),
    sourceStep,
  }));
}

function vectorTaps(tapsOfLanes: readonly number[], sources: readonly number[]): VectorTap[] {
  const taps = new Map<number, (number | undefined)[]>();
  tapsOfLanes.forEach((tapOfLane, index) => {
    const tap = Math.floor(tapOfLane / laneCount);
    const lanes = taps.get(tap) ?? new Array<undefined>(laneCount).fill(undefined);
    lanes[tapOfLane % laneCount] = sources[index]!;
    taps.set(tap, lanes);
  });
  return [...taps].map(([tap, lanes]) => ({ tap, sources: lanes }));
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
