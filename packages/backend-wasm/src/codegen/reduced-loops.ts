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

/** Writes the loops, with `build` in the innermost: once for each copy. */
export function reducedNest(
  evaluator: Evaluator,
  loops: ReducedLoops,
  build: (copy: number) => void,
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
    reducedNest(evaluator, { ...loops, axes: inner }, build, chosen);
  const once = (from: number, to: number): void => {
    if (from === to) return;
    body.for({ from: from * step, to: to * step, step, name }, (index) =>
      evaluator.within(axis, index, inside(copy)),
    );
  };
  const { copies } = loops.copied;
  const copied = loops.copied.axis === axis ? iterations - (iterations % copies) : 0;
  if (copied > 0) {
    body.for({ to: copied * step, step: copies * step, name }, (index) => {
      for (let chosen = 0; chosen < copies; chosen++) {
        const own = chosen === 0 ? index : body.let(i32.add(index, chosen * step), name);
        evaluator.within(axis, own, inside(chosen));
      }
    });
  }
  once(copied, iterations);
  const remaining = extent - iterations * step;
  if (remaining === 0) return;
  const last: Code<'i32'> = i32.const(iterations * step);
  evaluator.within(axis, body.let(last, name), inside(copy), remaining);
}
