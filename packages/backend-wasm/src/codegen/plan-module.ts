import { DeviceError, type Kernel, type Plan } from '@gradus/core/backend';
import { encode, ModuleBuilder, type Limits } from '../assembler/index.js';
import { Environment, type HostOperation } from './environment.js';
import { kernelSignature, type KernelFunction } from './kernel-function.js';
import { mapFunction } from './map.js';
import { reduceFunction } from './reduce.js';
import { scatterAddFunction } from './scatter-add.js';

/** A plan as a WebAssembly module, which exports `run` and each kernel as `kernel0`, `kernel1`, … */
export interface PlanModule {
  readonly module: ModuleBuilder;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the module calls in JavaScript; see `hostImports`. */
  readonly hostOperations: readonly HostOperation[];
}

/** Compiles a plan for a memory with the given limits. */
export function planModule(plan: Plan, memory: Limits): PlanModule {
  const module = new ModuleBuilder();
  const environment = new Environment(module, plan, memory);
  const kernels = plan.kernels.map((kernel) => compileKernel(environment, kernel));
  kernels.forEach((kernel, number) => module.export(`kernel${number}`, kernel));
  const run = module.function('run', kernelSignature, (body, given) => {
    for (const kernel of kernels) body.emit(kernel.call(given));
  });
  module.export('run', run);
  return { module, bytes: encode(module), hostOperations: environment.hostOperations };
}

function compileKernel(environment: Environment, kernel: Kernel): KernelFunction {
  switch (kernel.kind) {
    case 'map':
      return mapFunction(environment, kernel);
    case 'reduce':
      return reduceFunction(environment, kernel);
    case 'scatterAdd':
      return scatterAddFunction(environment, kernel);
    default:
      throw new DeviceError(
        `compile: ${kernel.kind} is not among capabilities.kernels; core lowers it to reduce.`,
      );
  }
}
