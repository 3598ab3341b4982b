import { i32 } from '../assembler/index.js';
import type { Code } from './code.js';
import type { Evaluator } from './evaluator.js';
import { laneCount } from './lanes.js';
import type { Axis } from './loops.js';

/** Loops over what a reduction takes together. */
export interface ReducedLoops {
  /** The first one outermost. */
  readonly axes: readonly Axis[];
  readonly vectorAxis: number | undefined;
  /** The axis of which an iteration is written several times, for accumulators of their own. */
  readonly copied: { readonly axis: number | undefined; readonly copies: number };
}

/** Of how many iterations, one copied axis must have at least twice its copies. */
export function copiedAxis(
  axes: readonly Axis[],
  vectorAxis: number | undefined,
  copies: number,
): ReducedLoops['copied'] {
  const enough = axes.toReversed().find((axis) => iterationsOf(axis, vectorAxis) >= 2 * copies);
  return enough === undefined || copies === 1
    ? { axis: undefined, copies: 1 }
    : { axis: enough.axis, copies };
}

/** How many turns the loop over an axis takes, but for a rest of fewer than four lanes. */
export function iterationsOf({ axis, extent }: Axis, vectorAxis: number | undefined): number {
  return axis === vectorAxis ? Math.floor(extent / laneCount) : extent;
}

/** A part of the iterations of the loop over an axis. */
export interface Part {
  readonly axis: number;
  readonly from: Code<'i32'>;
  readonly to: Code<'i32'>;
}

/**
 * Writes the loops, with `build` in the innermost: once for each copy.
 *
 * @param part Of one of them; what is left behind its whole vectors belongs to its last part.
 */
export function reducedNest(
  evaluator: Evaluator,
  loops: ReducedLoops,
  build: (copy: number) => void,
  part?: Part,
  copy = 0,
): void {
  const [first, ...inner] = loops.axes;
  if (first === undefined) {
    build(copy);
    return;
  }
  const { body } = evaluator;
  const { axis, extent } = first;
  const isVector = axis === loops.vectorAxis;
  const step = isVector ? laneCount : 1;
  const iterations = iterationsOf(first, loops.vectorAxis);
  const name = `axis${axis}`;
  const inside = (chosen: number) => (): void =>
    reducedNest(evaluator, { ...loops, axes: inner }, build, part, chosen);
  const whole = { from: i32.const(0), to: i32.const(iterations) };
  const { from, to } = part?.axis === axis ? part : whole;
  const scaled = (value: Code<'i32'>): Code<'i32'> => i32.mul(value, step);
  let rest = from;
  const { copies } = loops.copied;
  if (loops.copied.axis === axis) {
    const copied = i32.mul(i32.div_u(i32.sub(to, from), copies), copies);
    rest = body.let(i32.add(from, copied), `${name}Rest`);
    const range = { from: scaled(from), to: scaled(rest), step: copies * step, name };
    body.for(range, (index) => {
      for (let chosen = 0; chosen < copies; chosen++) {
        const own = chosen === 0 ? index : body.let(i32.add(index, chosen * step), name);
        evaluator.within(axis, own, inside(chosen));
      }
    });
  }
  body.for({ from: scaled(rest), to: scaled(to), step, name }, (index) =>
    evaluator.within(axis, index, inside(copy)),
  );
  const remaining = extent - iterations * step;
  if (remaining === 0) return;
  const last = (): void => {
    const index = body.let(i32.const(iterations * step), name);
    evaluator.within(axis, index, inside(copy), remaining);
  };
  if (part?.axis === axis) body.if(i32.eq(part.to, iterations), last);
  else last();
}
