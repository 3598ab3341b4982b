import { sizeOf, type Expression, type ReduceKernel, type Reduction } from '@gradus/core/backend';
import { Analysis } from './analysis.js';
import { laneCount } from './lanes.js';
import { lastly, type Axis } from './loops.js';
import { copiedAxis, type ReducedLoops } from './reduced-loops.js';
import { cheapestAxis, evaluationCost, storeCost } from './vector-axis.js';

/** The loops of a reduction. */
export interface ReductionLayout {
  readonly analysis: Analysis;
  /** Over the outputs; the first one outermost. */
  readonly outer: readonly Axis[];
  /** Over what is reduced. */
  readonly inner: ReducedLoops;
  readonly vectorAxis: number | undefined;
  /** Whether four values at a time are of one output, to be combined at the end. */
  readonly combinesLanes: boolean;
  /** About how many instructions what is reduced takes in all. */
  readonly work: number;
}

/** What combining the lanes of one vector costs, in the measure of `evaluationCost`. */
const combineCost = 8;

/** Beyond so many instructions for a value, it does not wait for the one before. */
const waitingCost = 24;

/**
 * Chooses the loops of a reduction.
 *
 * @param opened How many axes of the outputs have loops around all of it.
 */
export function layoutOf(kernel: ReduceKernel, opened = 0): ReductionLayout {
  const { shape, reduceShape, reductions } = kernel;
  const analysis = new Analysis();
  const outer = shape.map((extent, axis): Axis => ({ axis, extent })).slice(opened);
  const reduced = reduceShape.map((extent, axis): Axis => ({ axis: shape.length + axis, extent }));
  const vectorAxis = chooseAxis(kernel, outer, reduced, analysis);
  const prologue = reductions.map(({ value }) => value);
  const cost = vectorAxis === undefined ? 0 : evaluationCost(vectorAxis, prologue, analysis);
  const copies = cost > waitingCost ? 1 : Math.max(1, Math.floor(4 / reductions.length));
  const axes = lastly(reduced, vectorAxis);
  return {
    analysis,
    outer: lastly(outer, vectorAxis),
    inner: { axes, vectorAxis, copied: copiedAxis(axes, vectorAxis, copies) },
    vectorAxis,
    combinesLanes: vectorAxis !== undefined && vectorAxis >= shape.length,
    work: (cost * sizeOf(shape) * sizeOf(reduceShape)) / laneCount,
  };
}

/** Whether positions are asked for. */
export function searches(reductions: readonly Reduction[]): boolean {
  return reductions.some(({ operation }) => operation.startsWith('arg'));
}

function chooseAxis(
  { shape, reduceShape, reductions, outputs }: ReduceKernel,
  outer: readonly Axis[],
  reduced: readonly Axis[],
  analysis: Analysis,
): number | undefined {
  const prologue: Expression[] = reductions.map(({ value }) => value);
  const epilogue: Expression[] = outputs.map(({ value }) => value);
  const reduceSize = sizeOf(reduceShape);
  // The first of equals is found first if positions come in their order.
  const candidates = searches(reductions) ? reduced.slice(-1) : reduced;
  return cheapestAxis([...outer, ...candidates], ({ axis, extent }) => {
    const before = (evaluationCost(axis, prologue, analysis) + reductions.length) * reduceSize;
    const after = evaluationCost(axis, epilogue, analysis);
    if (axis < shape.length) return before + after + storeCost(axis, shape, outputs.length);
    // The ends of one output are not shared by four; `cheapestAxis` divides by the vectors.
    const ends = after + reductions.length * combineCost;
    return before + (ends * extent) / Math.ceil(extent / laneCount);
  });
}
