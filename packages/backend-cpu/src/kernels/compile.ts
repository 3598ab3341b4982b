import { DeviceError, type Kernel, type Plan } from '@gradus/core/backend';
import type { CompiledProgram, NumberArray, Translate } from '../program/program.js';
import { compileConv2d } from './conv2d.js';
import { mapProgram } from './map.js';
import { compileMatMul } from './mat-mul.js';
import { pool2dProgram } from './pool2d.js';
import { reduceProgram } from './reduce.js';
import { scatterAddProgram } from './scatter-add.js';
import { unpool2dProgram } from './unpool2d.js';

/** The kernels of a plan, ready to run on its arrays. */
export interface CompiledKernels {
  readonly kernels: readonly CompiledProgram[];
  /**
   * The arrays that the kernels work in, which come behind those of the plan's buffers and of the
   * run-time scalars.
   */
  readonly scratch: readonly NumberArray[];
}

/** What kernels are compiled with. */
export interface KernelContext {
  /** Position of the array that holds the run-time scalars. */
  readonly scalars: number;
  readonly translate: Translate;
  /** Adds an array that the kernel works in, and returns its position. */
  readonly scratch: (array: NumberArray) => number;
}

/** Compiles every kernel of `plan`. */
export function compileKernels(plan: Plan, translate: Translate): CompiledKernels {
  const scalars = plan.buffers.length;
  const arrays: NumberArray[] = [];
  const scratch = (array: NumberArray): number => scalars + arrays.push(array);
  const context: KernelContext = { scalars, translate, scratch };
  const compile = (kernel: Kernel): CompiledProgram => {
    switch (kernel.kind) {
      case 'map':
        return translate(mapProgram(kernel, scalars));
      case 'reduce':
        return translate(
          reduceProgram(kernel, scalars, (length) => scratch(new Float64Array(length))),
        );
      case 'scatterAdd':
        return translate(scatterAddProgram(kernel, plan.buffers[kernel.buffer]!.length, scalars));
      case 'matMul':
        return compileMatMul(kernel, context);
      case 'conv2d':
        return compileConv2d(kernel, context);
      case 'pool2d':
        return translate(pool2dProgram(kernel, scalars));
      case 'unpool2d':
        return translate(unpool2dProgram(kernel, scalars));
      case 'row':
        throw new DeviceError(
          'compile: row is not among capabilities.kernels; core gives its phases one by one.',
        );
    }
  };
  return { kernels: plan.kernels.map(compile), scratch: arrays };
}
