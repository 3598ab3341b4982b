import type { Kernel, Pieces, Plan } from '@gradus/core/backend';
import { encode, ModuleBuilder } from '../assembler/index.js';
import { barrierFunction } from './barrier.js';
import { conv2dFunctions } from './convolution/conv2d.js';
import { Environment, type Target } from './environment.js';
import { kernelSignature, type KernelFunction } from './kernel-function.js';
import { mapFunction } from './map.js';
import { matMulFunction } from './mat-mul.js';
import { rowFunction } from './row.js';
import { scatterAddFunction } from './scatter-add.js';
import { Stopwatch, timesLayout } from './stopwatch.js';
import { isSplit, reduceFunctions } from './split-reduction.js';
import { pool2dFunction } from './windows/pool2d.js';
import { unpool2dFunction } from './windows/unpool2d.js';

/** A plan as a WebAssembly module, which exports `run`. */
export interface PlanModule {
  readonly module: ModuleBuilder;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether thread 0 computes all of it, so that the others need not be woken. */
  readonly single: boolean;
}

/** How many places in the device's table a plan's module may need. */
export function tablePlaces({ kernels }: Plan): number {
  return kernels.filter(({ kind }) => kind === 'matMul').length;
}

/** Whether kernels of a plan need memory of each thread's own. */
export function usesThreadMemory({ kernels }: Plan): boolean {
  return kernels.some((kernel) => {
    const { kind } = kernel;
    return kind === 'matMul' || kind === 'conv2d' || (kind === 'reduce' && isSplit(kernel));
  });
}

/** Compiles a plan, one kernel after the other. */
export function* planModule(plan: Plan, target: Target): Pieces<PlanModule> {
  const module = new ModuleBuilder();
  const environment = new Environment(module, plan, target);
  const { times } = target;
  const stopwatch = times === undefined ? undefined : new Stopwatch(module, times);
  const compiled: (readonly KernelFunction[])[] = [];
  for (const kernel of plan.kernels) {
    compiled.push(compileKernel(environment, kernel));
    yield;
  }
  const stages = compiled.flat();
  const kernelOf = compiled.flatMap((list, kernel) => list.map(() => kernel));
  const barrier = target.memory.shared === true ? barrierFunction(module) : undefined;
  const run = module.function('run', kernelSignature, (body, given) => {
    stopwatch?.start(body, given.thread);
    stages.forEach((stage, position) => {
      const kernel = kernelOf[position]!;
      body.emit(stage.call(given));
      stopwatch?.lap(body, given.thread, timesLayout.computing(kernel));
      const neighbours = stages.slice(position, position + 2);
      // One after another, stages of thread 0 alone need not wait for the other threads.
      if (barrier === undefined || neighbours.every((each) => environment.single.has(each))) return;
      body.if(barrier.call({ threads: given.threads }), () => body.return());
      stopwatch?.lap(body, given.thread, timesLayout.waiting(kernel));
    });
  });
  module.export('run', run);
  module.fillTable(target.tableOffset, environment.epilogues);
  const single = stages.every((stage) => environment.single.has(stage));
  return { module, bytes: encode(module), single };
}

/** The stages of a kernel: before each, all threads have finished the one before. */
function compileKernel(environment: Environment, kernel: Kernel): readonly KernelFunction[] {
  switch (kernel.kind) {
    case 'map':
      return [mapFunction(environment, kernel)];
    case 'reduce':
      return reduceFunctions(environment, kernel);
    case 'row':
      return [rowFunction(environment, kernel)];
    case 'matMul':
      return [matMulFunction(environment, kernel)];
    case 'conv2d':
      return conv2dFunctions(environment, kernel);
    case 'pool2d':
      return [pool2dFunction(environment, kernel)];
    case 'unpool2d':
      return [unpool2dFunction(environment, kernel)];
    case 'scatterAdd':
      return [scatterAddFunction(environment, kernel)];
  }
}
