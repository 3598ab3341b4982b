import { DeviceError, type Kernel, type Plan } from '@gradus/core/backend';
import { encode, ModuleBuilder } from '../assembler/index.js';
import { Environment, type HostOperation, type Target } from './environment.js';
import { kernelSignature, type KernelFunction } from './kernel-function.js';
import { mapFunction } from './map.js';
import { matMulFunction } from './mat-mul.js';
import { reduceFunction } from './reduce.js';
import { scatterAddFunction } from './scatter-add.js';

/** A plan as a WebAssembly module, which exports `run` and each kernel as `kernel0`, `kernel1`, … */
export interface PlanModule {
  readonly module: ModuleBuilder;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the module calls in JavaScript; see `hostImports`. */
  readonly hostOperations: readonly HostOperation[];
}

/** How many places in the device's table a plan's module may need. */
export function tablePlaces({ kernels }: Plan): number {
  return kernels.filter(({ kind }) => kind === 'matMul').length;
}

/** Compiles a plan. */
export function planModule(plan: Plan, target: Target): PlanModule {
  const module = new ModuleBuilder();
  const environment = new Environment(module, plan, target);
  const kernels = plan.kernels.map((kernel) => compileKernel(environment, kernel));
  kernels.forEach((kernel, number) => module.export(`kernel${number}`, kernel));
  const run = module.function('run', kernelSignature, (body, given) => {
    for (const kernel of kernels) body.emit(kernel.call(given));
  });
  module.export('run', run);
  module.fillTable(target.tableOffset, environment.epilogues);
  return { module, bytes: encode(module), hostOperations: environment.hostOperations };
}

function compileKernel(environment: Environment, kernel: Kernel): KernelFunction {
  switch (kernel.kind) {
    case 'map':
      return mapFunction(environment, kernel);
    case 'reduce':
      return reduceFunction(environment, kernel);
    case 'matMul':
      return matMulFunction(environment, kernel);
    case 'scatterAdd':
      return scatterAddFunction(environment, kernel);
    default:
      throw new DeviceError(
        `compile: ${kernel.kind} is not among capabilities.kernels; core lowers it to reduce.`,
      );
  }
}
