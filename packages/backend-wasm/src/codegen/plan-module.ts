import { DeviceError, type Kernel, type Pieces, type Plan } from '@gradus/core/backend';
import { encode, ModuleBuilder } from '../assembler/index.js';
import { barrierFunction } from './barrier.js';
import { Environment, type Target } from './environment.js';
import { kernelSignature, type KernelFunction } from './kernel-function.js';
import type { KernelWriter, Library } from './library.js';
import { isSplit } from './split-reduction.js';
import { Stopwatch, timesLayout } from './stopwatch.js';

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

/** Compiles a plan, one kernel after the other. Throws where that takes a more complete library. */
export function* planModule(plan: Plan, target: Target, library: Library): Pieces<PlanModule> {
  const module = new ModuleBuilder();
  const environment = new Environment(module, plan, target, library);
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

function compileKernel(environment: Environment, kernel: Kernel): readonly KernelFunction[] {
  const write = environment.library.kernels[kernel.kind] as KernelWriter | undefined;
  const stages = write?.(environment, kernel);
  if (stages === undefined) throw new DeviceError(`compile: no code for this ${kernel.kind}.`);
  return stages;
}
