import { sizeOf, type MapKernel } from '@gradus/core/backend';
import { Analysis } from './analysis.js';
import type { Environment } from './environment.js';
import { kernelFunction, type KernelFunction } from './kernel-function.js';
import { nest, sharedAxis } from './loops.js';
import { storeOutputs } from './store.js';
import { cheapestAxis, evaluationCost, storeCost } from './vector-axis.js';

/** Below so many elements waking another thread takes longer than computing them. */
export const singleThreadSize = 2048;

/** A map as loops over its index space, four elements at a time. */
export function mapFunction(environment: Environment, kernel: MapKernel): KernelFunction {
  const { name, shape, outputs } = kernel;
  const analysis = new Analysis();
  const values = outputs.map(({ value }) => value);
  const axes = shape.map((extent, axis) => ({ axis, extent }));
  const vectorAxis = cheapestAxis(axes, ({ axis }) => {
    return evaluationCost(axis, values, analysis) + storeCost(axis, shape, outputs.length);
  });
  // Innermost, whichever it is.
  const order = [
    ...axes.filter(({ axis }) => axis !== vectorAxis),
    ...axes.filter(({ axis }) => axis === vectorAxis),
  ];
  return kernelFunction(environment, {
    name,
    values,
    stored: outputs.map(({ buffer }) => buffer),
    analysis,
    vectorAxis,
    single: sizeOf(shape) < singleThreadSize,
    build(evaluator, thread) {
      nest(evaluator, order, vectorAxis, { axis: sharedAxis(order, vectorAxis), thread }, () => {
        storeOutputs(evaluator, environment.plan, shape, outputs, vectorAxis);
      });
    },
  });
}
