import { ArgumentError, ShapeError } from './errors.js';
import { formatShape, type Shape } from './shape.js';

/**
 * One axis of an index: a position (the axis disappears), `[start, stop?, step?]` as Python's
 * `start:stop:step`, or `null` for the whole axis.
 */
export type SliceIndex =
  number | null | readonly [start: number | null, stop?: number | null, step?: number];

/** The arguments of the `slice` primitive that an index stands for, and the axes it drops. */
export function indexSlices(
  shape: Shape,
  indices: readonly SliceIndex[],
): { starts: number[]; shape: number[]; steps: number[]; dropped: number[] } {
  if (indices.length > shape.length) {
    throw new ShapeError(
      `at: ${indices.length} indices for the ${shape.length} axes of ${formatShape(shape)}.`,
    );
  }
  const result = {
    starts: [] as number[],
    shape: [] as number[],
    steps: [] as number[],
    dropped: [] as number[],
  };
  shape.forEach((extent, axis) => {
    const index = indices[axis] ?? null;
    const range =
      typeof index === 'number' ? position(index, extent, axis) : rangeOf(index, extent);
    if (typeof index === 'number') result.dropped.push(axis);
    result.starts.push(range.start);
    result.shape.push(range.count);
    result.steps.push(range.step);
  });
  return result;
}

interface Range {
  readonly start: number;
  readonly count: number;
  readonly step: number;
}

function position(index: number, extent: number, axis: number): Range {
  const start = index < 0 ? index + extent : index;
  if (!Number.isInteger(index) || start < 0 || start >= extent) {
    throw new ShapeError(`at: position ${index} is outside of axis ${axis} with extent ${extent}.`);
  }
  return { start, count: 1, step: 1 };
}

const wholeAxis: readonly [start: number | null, stop?: number | null, step?: number] = [null];

/** Python's rules: bounds are clamped, and default to the whole axis in the step's direction. */
function rangeOf(index: Exclude<SliceIndex, number>, extent: number): Range {
  const [from, to = null, step = 1] = index ?? wholeAxis;
  if (!Number.isInteger(step) || step === 0) {
    throw new ArgumentError(`at: the step must be a non-zero integer, got ${step}.`);
  }
  const [lowest, highest] = step > 0 ? [0, extent] : [-1, extent - 1];
  const clamp = (bound: number): number =>
    Math.min(Math.max(bound < 0 ? bound + extent : bound, lowest), highest);
  const start = from === null ? (step > 0 ? lowest : highest) : clamp(from);
  const stop = to === null ? (step > 0 ? highest : lowest) : clamp(to);
  const count = Math.max(0, Math.ceil((stop - start) / step));
  return { start: count === 0 ? 0 : start, count, step };
}
