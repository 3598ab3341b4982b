import { visitExpressions, type Expression } from '@gradus/core/backend';
import {
  i32,
  ModuleBuilder,
  type FunctionBody,
  type FunctionReference,
} from '../assembler/index.js';
import { Analysis } from './analysis.js';
import type { Code } from './code.js';
import { Environment } from './environment.js';
import { Evaluator } from './evaluator.js';
import type { Plans } from './hoisting.js';
import type { Thread } from './loops.js';

/** The signature of every kernel: where the plan's parameters are, and which thread runs it. */
export const kernelSignature = {
  parameters: { parameters: 'i32', thread: 'i32', threads: 'i32' },
} as const;

/** A kernel as a function of a plan's module. */
export type KernelFunction = FunctionReference<typeof kernelSignature>;

/** How a kernel is written: `build` may be called more than once. */
export interface KernelRecipe {
  readonly name: string;
  /** All expressions, for the buffers that they load. */
  readonly values: readonly Expression[];
  readonly stored: readonly number[];
  readonly analysis: Analysis;
  readonly vectorAxis: number | undefined;
  /** Too little work for more than one thread. */
  readonly single: boolean;
  build(evaluator: Evaluator, thread: Thread): void;
}

/** Writes a kernel into the module of `environment`. */
export function kernelFunction(environment: Environment, recipe: KernelRecipe): KernelFunction {
  const kernel = rehearsed(environment, (stage, hoisted) => {
    let plans: Plans = new Map();
    const written = stage.module.function(recipe.name, kernelSignature, (body, given) => {
      plans = write(body, given, stage, recipe, hoisted);
    });
    return { written, plans };
  });
  if (recipe.single) environment.single.add(kernel);
  return kernel;
}

/** What has been written, and what its evaluator computed at which level. */
interface Performance<Written> {
  readonly written: Written;
  readonly plans: Plans;
}

/**
 * Writes twice: first into a module that is thrown away, to learn at which level everything can be
 * computed, then for good.
 */
export function rehearsed<Written>(
  environment: Environment,
  perform: (stage: Environment, hoisted: Plans) => Performance<Written>,
): Written {
  const { plan, target } = environment;
  const { plans } = perform(new Environment(new ModuleBuilder(), plan, target), new Map());
  return perform(environment, plans).written;
}

function write(
  body: FunctionBody,
  given: Readonly<Record<'parameters' | 'thread' | 'threads', Code<'i32'>>>,
  environment: Environment,
  recipe: KernelRecipe,
  hoisted: Plans,
): Plans {
  let plans: Plans = new Map();
  const everything = (thread: Thread): void => {
    const evaluator = new Evaluator(
      body,
      given.parameters,
      environment,
      recipe.analysis,
      recipe.vectorAxis,
    );
    evaluator.begin([...loadedBuffers(recipe.values), ...recipe.stored], hoisted);
    recipe.build(evaluator, thread);
    plans = evaluator.plans;
  };
  if (recipe.single) {
    const alone = { number: i32.const(0), count: i32.const(1) };
    body.if(i32.eqz(given.thread), () => everything(alone));
  } else everything({ number: given.thread, count: given.threads });
  return plans;
}

/** The buffers that expressions load. */
export function loadedBuffers(values: readonly Expression[]): number[] {
  const buffers: number[] = [];
  visitExpressions(values, (expression) => {
    if (expression.op === 'load') buffers.push(expression.buffer);
  });
  return buffers;
}
