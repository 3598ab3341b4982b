import { sizeOf, stridesOf, type ReduceKernel } from '@gradus/core/backend';
import { i32, i32x4, v128 } from '../assembler/index.js';
import type { Code } from './code.js';
import { accumulator, identity, type Accumulator } from './combine.js';
import type { Environment } from './environment.js';
import type { Evaluator } from './evaluator.js';
import { kernelFunction, type KernelFunction } from './kernel-function.js';
import { laneCount, lanes } from './lanes.js';
import { nest, partOfThread, type Part } from './loops.js';
import { singleThreadSize } from './map.js';
import { reducedNest, type Part as ReducedPart } from './reduced-loops.js';
import { layoutOf, searches, type ReductionLayout } from './reduction-layout.js';
import { storeOutputs } from './store.js';

/**
 * A reduction as loops over the outputs and, inside of them, over what is reduced. Four values at a
 * time are either of four outputs, or of one output, to be combined at the end.
 */
export function reduceFunction(environment: Environment, kernel: ReduceKernel): KernelFunction {
  const { name, shape, reduceShape, reductions, outputs } = kernel;
  const layout = layoutOf(kernel);
  const { analysis, outer, vectorAxis } = layout;
  return kernelFunction(environment, {
    name,
    values: [...reductions, ...outputs].map(({ value }) => value),
    stored: outputs.map(({ buffer }) => buffer),
    analysis,
    vectorAxis,
    single: shape.length === 0 || sizeOf(shape) * sizeOf(reduceShape) < singleThreadSize,
    build(evaluator, thread) {
      const part = partOfThread(evaluator.body, outer, vectorAxis, thread);
      writeReduce(evaluator, environment, kernel, layout, part);
    },
  });
}

/** Loops over the outputs and what is reduced. */
export function writeReduce(
  evaluator: Evaluator,
  environment: Environment,
  kernel: ReduceKernel,
  layout: ReductionLayout,
  part: Part | undefined,
): void {
  nest(evaluator, layout.outer, layout.vectorAxis, part, () => {
    const found = reduceAll(evaluator, kernel, layout);
    storeReduced(evaluator, environment, kernel, layout, found);
  });
}

/** Stores the outputs of a reduction at the coordinates of the open loops. */
export function storeReduced(
  evaluator: Evaluator,
  { plan }: Environment,
  { shape, outputs }: ReduceKernel,
  { vectorAxis, combinesLanes }: ReductionLayout,
  found: readonly Accumulator[],
): void {
  if (combinesLanes) for (const each of found) each.combineLanes();
  evaluator.withReduced(
    found.map(({ result }) => result),
    () => storeOutputs(evaluator, plan, shape, outputs, combinesLanes ? undefined : vectorAxis),
  );
}

/**
 * Loops over what is reduced, and gives what was found, in every lane what those have met.
 *
 * @param part Of one of the loops, where others have the rest.
 */
export function reduceAll(
  evaluator: Evaluator,
  { shape, reduceShape, reductions }: ReduceKernel,
  { inner, vectorAxis, combinesLanes }: ReductionLayout,
  part?: ReducedPart,
): readonly Accumulator[] {
  const { body } = evaluator;
  const strides = stridesOf(reduceShape);
  const laneStride = combinesLanes ? strides[vectorAxis! - shape.length]! : 0;
  const steps = v128.const(Int32Array.from(lanes(laneCount), (lane) => lane * laneStride));
  const copies = Array.from({ length: inner.copied.copies }, () =>
    reductions.map(({ operation, value }) => accumulator(body, operation, value.dtype, steps)),
  );
  const position = (): Code<'v128'> => {
    const first = reduceShape.reduce<Code<'i32'>>(
      (sum, _, axis) =>
        i32.add(sum, i32.mul(evaluator.indexOf(shape.length + axis), strides[axis]!)),
      i32.const(0),
    );
    return body.let(i32x4.add(i32x4.splat(first), steps), 'position');
  };
  reducedNest(
    evaluator,
    inner,
    (copy) => {
      const values = reductions.map(({ value }) => evaluator.vector(value));
      const here = searches(reductions) ? position() : steps;
      const missing = combinesLanes && evaluator.lanes < laneCount;
      reductions.forEach(({ operation, value: { dtype } }, index) => {
        const value = values[index]!;
        const counted = missing
          ? v128.bitselect(value, identity(operation, dtype), laneMask(evaluator.lanes))
          : value;
        copies[copy]![index]!.add(counted, here);
      });
    },
    part,
  );
  const [all, ...others] = copies as [Accumulator[], ...Accumulator[][]];
  all.forEach((each, index) => {
    for (const other of others) each.merge(other[index]!.found);
  });
  return all;
}

const laneMask = (count: number): Code<'v128'> =>
  v128.const(Int32Array.from(lanes(laneCount), (lane) => (lane < count ? -1 : 0)));
