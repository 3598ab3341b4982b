import { i32, type Variable } from '../assembler/index.js';
import type { Code } from './code.js';
import type { Evaluator } from './evaluator.js';
import { laneCount } from './lanes.js';

/** A loop over one axis of a kernel. */
export interface Axis {
  readonly axis: number;
  readonly extent: number;
}

/** Which of `count` threads a function is run by. */
export interface Thread {
  readonly number: Code<'i32'>;
  readonly count: Code<'i32'>;
}

/** How many iterations an outer loop should have, at least, to be shared out among threads. */
export const sharedIterations = 8;

/** How often what is inside of the loop over an axis is run. */
export function turnsOf({ axis, extent }: Axis, vectorAxis: number | undefined): number {
  return axis === vectorAxis ? Math.ceil(extent / laneCount) : extent;
}

/** The loop whose iterations threads share: the outermost one that is long enough, or the longest. */
export function sharedAxis(
  axes: readonly Axis[],
  vectorAxis: number | undefined,
): Axis | undefined {
  const long = axes.find((axis) => turnsOf(axis, vectorAxis) >= sharedIterations);
  return (
    long ??
    axes.reduce<Axis | undefined>(
      (one, other) =>
        one === undefined || turnsOf(other, vectorAxis) > turnsOf(one, vectorAxis) ? other : one,
      undefined,
    )
  );
}

/**
 * Writes a loop over each axis, the first one outermost, with `build` in the innermost. Along the
 * vector axis it counts in fours, and what remains is written once more with fewer lanes.
 *
 * @param shared The axis of which each thread has a part, if any.
 */
export function nest(
  evaluator: Evaluator,
  axes: readonly Axis[],
  vectorAxis: number | undefined,
  shared: { readonly axis: Axis | undefined; readonly thread: Thread } | undefined,
  build: () => void,
): void {
  const [first, ...inner] = axes;
  if (first === undefined) {
    build();
    return;
  }
  const { body } = evaluator;
  const inside = (): void => nest(evaluator, inner, vectorAxis, shared, build);
  const thread = shared?.axis?.axis === first.axis ? shared.thread : undefined;
  const { axis, extent } = first;
  if (axis !== vectorAxis) {
    body.for({ ...partOf(extent, thread), name: `axis${axis}` }, (index) =>
      evaluator.within(axis, index, inside),
    );
    return;
  }
  const vectors = Math.floor(extent / laneCount);
  const remaining = extent % laneCount;
  if (vectors > 0) {
    const { from, to } = partOf(vectors, thread);
    const range = {
      from: i32.mul(from, laneCount),
      to: i32.mul(to, laneCount),
      step: laneCount,
      name: `axis${axis}`,
    };
    body.for(range, (index) => evaluator.within(axis, index, inside));
  }
  if (remaining === 0) return;
  const rest = (): void => {
    const index: Variable<'i32'> = body.let(i32.const(vectors * laneCount), `axis${axis}`);
    evaluator.within(axis, index, inside, remaining);
  };
  if (thread === undefined) rest();
  else body.if(i32.eq(thread.number, i32.sub(thread.count, 1)), rest);
}

/** The part of 0 … `extent` that is a thread's. */
export function partOf(
  extent: number,
  thread: Thread | undefined,
): { readonly from: Code<'i32'>; readonly to: Code<'i32'> } {
  if (thread === undefined) return { from: i32.const(0), to: i32.const(extent) };
  const bound = (number: Code<'i32'>): Code<'i32'> =>
    i32.div_u(i32.mul(number, extent), thread.count);
  return { from: bound(thread.number), to: bound(i32.add(thread.number, 1)) };
}
