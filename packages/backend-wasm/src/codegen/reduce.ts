import {
  sizeOf,
  stridesOf,
  type Expression,
  type ReduceKernel,
  type Reduction,
} from '@gradus/core/backend';
import { i32, i32x4, v128 } from '../assembler/index.js';
import { Analysis } from './analysis.js';
import type { Code } from './code.js';
import { accumulator, identity, type Accumulator } from './combine.js';
import type { Environment } from './environment.js';
import type { Evaluator } from './evaluator.js';
import { kernelFunction, type KernelFunction } from './kernel-function.js';
import { laneCount, lanes } from './lanes.js';
import { nest, sharedAxis, type Axis } from './loops.js';
import { singleThreadSize } from './map.js';
import { copiedAxis, reducedNest, type ReducedLoops } from './reduced-loops.js';
import { storeOutputs } from './store.js';
import { cheapestAxis, evaluationCost, storeCost } from './vector-axis.js';

/** What combining the lanes of one vector costs, in the measure of `evaluationCost`. */
const combineCost = 8;

/**
 * A reduction as loops over the outputs and, inside of them, over what is reduced. Four values at a
 * time are either of four outputs, or of one output, to be combined at the end.
 */
export function reduceFunction(environment: Environment, kernel: ReduceKernel): KernelFunction {
  const { name, shape, reduceShape, reductions, outputs } = kernel;
  const analysis = new Analysis();
  const prologue = reductions.map(({ value }) => value);
  const epilogue = outputs.map(({ value }) => value);
  const outer = shape.map((extent, axis): Axis => ({ axis, extent }));
  const reduced = reduceShape.map((extent, axis): Axis => ({ axis: shape.length + axis, extent }));
  const vectorAxis = chooseAxis(kernel, outer, reduced, analysis);
  const isReduced = vectorAxis !== undefined && vectorAxis >= shape.length;
  const outerOrder = lastly(outer, vectorAxis);
  const outerVectorAxis = isReduced ? undefined : vectorAxis;
  const order = lastly(reduced, vectorAxis);
  const copied = copiedAxis(order, vectorAxis, copiesOf(kernel, vectorAxis, analysis));
  return kernelFunction(environment, {
    name,
    values: [...prologue, ...epilogue],
    stored: outputs.map(({ buffer }) => buffer),
    analysis,
    vectorAxis,
    single: shape.length === 0 || sizeOf(shape) * sizeOf(reduceShape) < singleThreadSize,
    build(evaluator, thread) {
      const shared = { axis: sharedAxis(outerOrder, vectorAxis), thread };
      nest(evaluator, outerOrder, vectorAxis, shared, () => {
        const found = reduceAll(evaluator, kernel, { axes: order, vectorAxis, copied });
        const results = found.map(({ result }) => result);
        evaluator.withReduced(results, () => {
          storeOutputs(evaluator, environment.plan, shape, outputs, outerVectorAxis);
        });
      });
    },
  });
}

/** Loops over what is reduced, and gives what was found, in all lanes if those are of one output. */
function reduceAll(
  evaluator: Evaluator,
  kernel: ReduceKernel,
  loops: ReducedLoops,
): readonly Accumulator[] {
  const { shape, reduceShape, reductions } = kernel;
  const { vectorAxis } = loops;
  const { body } = evaluator;
  const isReduced = vectorAxis !== undefined && vectorAxis >= shape.length;
  const strides = stridesOf(reduceShape);
  const laneStride = isReduced ? strides[vectorAxis - shape.length]! : 0;
  const steps = v128.const(Int32Array.from(lanes(laneCount), (lane) => lane * laneStride));
  const copies = Array.from({ length: loops.copied.copies }, () =>
    reductions.map(({ operation, value }) => accumulator(body, operation, value.dtype, steps)),
  );
  reducedNest(evaluator, loops, (copy) => {
    const values = reductions.map(({ value }) => evaluator.vector(value));
    const first = reduceShape.reduce<Code<'i32'>>(
      (sum, _, axis) =>
        i32.add(sum, i32.mul(evaluator.indexOf(shape.length + axis), strides[axis]!)),
      i32.const(0),
    );
    const position = searches(reductions)
      ? body.let(i32x4.add(i32x4.splat(first), steps), 'position')
      : steps;
    reductions.forEach(({ operation, value }, index) => {
      const missing = isReduced && evaluator.lanes < laneCount;
      const counted = missing
        ? v128.bitselect(
            values[index]!,
            identity(operation, value.dtype),
            laneMask(evaluator.lanes),
          )
        : values[index]!;
      copies[copy]![index]!.add(counted, position);
    });
  });
  const [all, ...others] = copies as [Accumulator[], ...Accumulator[][]];
  all.forEach((each, index) => {
    for (const other of others) each.merge(other[index]!);
    if (isReduced) each.combineLanes();
  });
  return all;
}

/** Whether positions are asked for. */
function searches(reductions: readonly Reduction[]): boolean {
  return reductions.some(({ operation }) => operation.startsWith('arg'));
}

const laneMask = (count: number): Code<'v128'> =>
  v128.const(Int32Array.from(lanes(laneCount), (lane) => (lane < count ? -1 : 0)));

/** How many instructions must wait for each other lest they wait for the one before. */
const waiting = 24;

/** How many accumulators each reduction should have: one addition waits for the one before. */
function copiesOf(
  { reductions }: ReduceKernel,
  vectorAxis: number | undefined,
  analysis: Analysis,
): number {
  const values = reductions.map(({ value }) => value);
  const cost = vectorAxis === undefined ? 0 : evaluationCost(vectorAxis, values, analysis);
  return cost > waiting ? 1 : Math.max(1, Math.floor(4 / reductions.length));
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

/** The axes with the vector axis behind the others. */
function lastly(axes: readonly Axis[], vectorAxis: number | undefined): Axis[] {
  return [
    ...axes.filter(({ axis }) => axis !== vectorAxis),
    ...axes.filter(({ axis }) => axis === vectorAxis),
  ];
}
