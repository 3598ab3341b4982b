import { i32, type FunctionBody, type Variable } from '../assembler/index.js';
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

/** A part of an axis: of the vector axis whole vectors, and what remains at its end. */
export interface Part {
  readonly axis: number;
  readonly from: Code<'i32'>;
  readonly to: Code<'i32'>;
}

/** What loops are written with. */
export type LoopWriter = Pick<Evaluator, 'body' | 'within'>;

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

/** The part of the axes' points that is a thread's; all of them where there is no axis. */
export function partOfThread(
  body: FunctionBody,
  axes: readonly Axis[],
  vectorAxis: number | undefined,
  thread: Thread,
): Part | undefined {
  const shared = sharedAxis(axes, vectorAxis);
  if (shared === undefined) return undefined;
  const { axis, extent } = shared;
  const unit = axis === vectorAxis ? laneCount : 1;
  const remaining = extent % unit;
  const { from, to } = partOf(Math.floor(extent / unit), thread);
  const isLast = i32.eq(i32.add(thread.number, 1), thread.count);
  const end = i32.mul(to, unit);
  return {
    axis,
    from: body.let(i32.mul(from, unit), 'from'),
    to: body.let(remaining === 0 ? end : i32.add(end, i32.mul(isLast, remaining)), 'to'),
  };
}

/**
 * Writes a loop over each axis, the first one outermost, with `build` in the innermost. Along the
 * vector axis it counts in fours, and what remains is written once more with fewer lanes.
 *
 * @param part Of which axis only a part is to be gone over, if any.
 */
export function nest(
  writer: LoopWriter,
  axes: readonly Axis[],
  vectorAxis: number | undefined,
  part: Part | undefined,
  build: () => void,
): void {
  const [first, ...inner] = axes;
  if (first === undefined) {
    build();
    return;
  }
  const { body } = writer;
  const inside = (): void => nest(writer, inner, vectorAxis, part, build);
  const { axis, extent } = first;
  const name = `axis${axis}`;
  const own = part?.axis === axis ? part : undefined;
  const from = own?.from ?? i32.const(0);
  if (axis !== vectorAxis) {
    const to = own?.to ?? i32.const(extent);
    body.for({ from, to, name }, (index) => writer.within(axis, index, inside));
    return;
  }
  const remaining = extent % laneCount;
  const vectorsEnd = extent - remaining;
  if (vectorsEnd > 0) {
    const to = own === undefined ? i32.const(vectorsEnd) : i32.and(own.to, -laneCount);
    body.for({ from, to, step: laneCount, name }, (index) => writer.within(axis, index, inside));
  }
  if (remaining === 0) return;
  const rest = (): void => {
    const index: Variable<'i32'> = body.let(i32.const(vectorsEnd), name);
    writer.within(axis, index, inside, remaining);
  };
  if (own === undefined) rest();
  else body.if(i32.eq(own.to, extent), rest);
}

/** The axes with the vector axis behind the others. */
export function lastly(axes: readonly Axis[], vectorAxis: number | undefined): Axis[] {
  return [
    ...axes.filter(({ axis }) => axis !== vectorAxis),
    ...axes.filter(({ axis }) => axis === vectorAxis),
  ];
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
