import type { Expression, ImageShape, KernelOutput } from '@gradus/core/backend';
import { Analysis } from '../analysis.js';
import type { Code } from '../code.js';
import type { Environment } from '../environment.js';
import type { Evaluator } from '../evaluator.js';
import { kernelFunction, type KernelFunction } from '../kernel-function.js';
import { storeOutputs } from '../store.js';
import { windowNest, type WindowLoops, type WindowVector } from './window-nest.js';

const columnAxis = 3;

/** A kernel that moves a window over images. */
interface WindowKernel {
  readonly name: string;
  readonly shape: ImageShape;
  readonly outputs: readonly KernelOutput[];
}

/** How its results come about. */
export interface WindowRecipe extends Omit<WindowLoops, 'shape'> {
  /** What is loaded but by the window or what follows. */
  readonly values?: readonly Expression[];
  /** Buffers that are read but not through the window. */
  readonly others?: readonly number[];
  /** Too little work for more than one thread. */
  readonly single: boolean;
  readonly compute: (evaluator: Evaluator, vector: WindowVector) => Code<'v128'>;
}

/** Writes a kernel whose windows are written out, four neighbours of the result at a time. */
export function windowFunction(
  environment: Environment,
  { name, shape, outputs }: WindowKernel,
  { values = [], others = [], single, compute, ...loops }: WindowRecipe,
): KernelFunction {
  return kernelFunction(environment, {
    name,
    values: [...outputs.map(({ value }) => value), ...values],
    stored: [...loops.buffers, ...others, ...outputs.map(({ buffer }) => buffer)],
    analysis: new Analysis(),
    vectorAxis: columnAxis,
    single,
    build(evaluator, thread) {
      windowNest(evaluator, { shape, ...loops }, thread, (vector) => {
        const result = evaluator.body.let(compute(evaluator, vector), 'result');
        evaluator.withReduced([result], () =>
          storeOutputs(evaluator, environment.plan, shape, outputs, columnAxis),
        );
      });
    },
  });
}
