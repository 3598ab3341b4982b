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

/** What one evaluator writes of a kernel. */
export interface KernelPart {
  /** All expressions, for the buffers that they load. */
  readonly values: readonly Expression[];
  readonly stored: readonly number[];
  readonly analysis: Analysis;
  readonly vectorAxis: number | undefined;
}

/** How a kernel is written: `build` may be called more than once. */
export interface KernelRecipe extends KernelPart {
  readonly name: string;
  /** Too little work for more than one thread. */
  readonly single: boolean;
  build(evaluator: Evaluator, thread: Thread): void;
}

/** How a kernel of several parts is written, each with an evaluator of its own. */
export interface ComposedRecipe {
  readonly name: string;
  readonly parts: readonly KernelPart[];
  readonly single: boolean;
  build(evaluators: readonly Evaluator[], thread: Thread): void;
}

/** Writes a kernel into the module of `environment`. */
export function kernelFunction(environment: Environment, recipe: KernelRecipe): KernelFunction {
  const { name, single } = recipe;
  return composedFunction(environment, {
    name,
    single,
    parts: [recipe],
    build: ([evaluator], thread) => recipe.build(evaluator!, thread),
  });
}

/** Writes a kernel of several parts. */
export function composedFunction(environment: Environment, recipe: ComposedRecipe): KernelFunction {
  const kernel = rehearsed<KernelFunction, readonly Plans[]>(environment, (stage, hoisted) => {
    let plans: readonly Plans[] = [];
    const written = stage.module.function(recipe.name, kernelSignature, (body, given) => {
      plans = write(body, given, stage, recipe, hoisted);
    });
    return { written, plans };
  });
  if (recipe.single) environment.single.add(kernel);
  return kernel;
}

/** What has been written, and what its evaluators computed at which level. */
interface Performance<Written, Learned> {
  readonly written: Written;
  readonly plans: Learned;
}

/**
 * Writes twice: first into a module that is thrown away, to learn at which level everything can be
 * computed, then for good.
 */
export function rehearsed<Written, Learned = Plans>(
  environment: Environment,
  perform: (stage: Environment, hoisted: Learned | undefined) => Performance<Written, Learned>,
): Written {
  const { plan, target, library } = environment;
  const rehearsal = new Environment(new ModuleBuilder(), plan, target, library);
  const { plans } = perform(rehearsal, undefined);
  return perform(environment, plans).written;
}

function write(
  body: FunctionBody,
  given: Readonly<Record<'parameters' | 'thread' | 'threads', Code<'i32'>>>,
  environment: Environment,
  recipe: ComposedRecipe,
  hoisted: readonly Plans[] | undefined,
): readonly Plans[] {
  let plans: readonly Plans[] = [];
  const everything = (thread: Thread): void => {
    const evaluators = recipe.parts.map(({ values, stored, analysis, vectorAxis }, part) => {
      const evaluator = new Evaluator(body, given.parameters, environment, analysis, vectorAxis);
      evaluator.begin([...loadedBuffers(values), ...stored], hoisted?.[part]);
      return evaluator;
    });
    recipe.build(evaluators, thread);
    plans = evaluators.map((evaluator) => evaluator.plans);
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
