import { sizeOf, type MapKernel, type Plan } from '@gradus/core/backend';
import { Analysis } from './analysis.js';
import type { Environment } from './environment.js';
import type { Evaluator } from './evaluator.js';
import { kernelFunction, type KernelFunction } from './kernel-function.js';
import { lastly, nest, partOfThread, type Axis, type Part } from './loops.js';
import { storeOutputs } from './store.js';
import { cheapestAxis, evaluationCost, storeCost } from './vector-axis.js';

/** Below so many elements waking another thread takes longer than computing them. */
export const singleThreadSize = 2048;

/** A map as loops over its index space, four elements at a time. */
export function mapFunction(environment: Environment, kernel: MapKernel): KernelFunction {
  const { name, shape, outputs } = kernel;
  const analysis = new Analysis();
  const axes = shape.map((extent, axis): Axis => ({ axis, extent }));
  const vectorAxis = cheapestAxis(axes, mapCost(kernel, analysis));
  return kernelFunction(environment, {
    name,
    values: outputs.map(({ value }) => value),
    stored: outputs.map(({ buffer }) => buffer),
    analysis,
    vectorAxis,
    single: sizeOf(shape) < singleThreadSize,
    build(evaluator, thread) {
      const order = lastly(axes, vectorAxis);
      const part = partOfThread(evaluator.body, order, vectorAxis, thread);
      writeMap(evaluator, environment.plan, kernel, order, vectorAxis, part);
    },
  });
}

/** About how many instructions four neighbours along an axis take. */
export function mapCost({ shape, outputs }: MapKernel, analysis: Analysis): (axis: Axis) => number {
  const values = outputs.map(({ value }) => value);
  return ({ axis }) =>
    evaluationCost(axis, values, analysis) + storeCost(axis, shape, outputs.length);
}

/** Loops over `axes`, the others being open. */
export function writeMap(
  evaluator: Evaluator,
  plan: Plan,
  { shape, outputs }: MapKernel,
  axes: readonly Axis[],
  vectorAxis: number | undefined,
  part: Part | undefined,
): void {
  nest(evaluator, axes, vectorAxis, part, () =>
    storeOutputs(evaluator, plan, shape, outputs, vectorAxis),
  );
}
