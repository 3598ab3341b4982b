import { bytesPerElement, lowerMatMul, type Kernel, type Plan } from '@gradus/core/backend';
import { conv2dStages } from './convolution/conv2d.js';
import { mapStages } from './map.js';
import { matMulStages } from './mat-mul.js';
import { reduceStages } from './reduce.js';
import { isOneDispatch, rowStages } from './row.js';
import { scatterAddStages } from './scatter-add.js';
import { Scratch } from './scratch.js';
import type { ShaderContext, Stage } from './shader.js';
import type { Target } from './target.js';
import { pool2dStages } from './windows/pool2d.js';
import { unpool2dStages } from './windows/unpool2d.js';

/** A plan as dispatches. */
export interface PlanStages {
  /** Of each kernel of the plan, in order. */
  readonly kernels: readonly (readonly Stage[])[];
  /** How much scratch memory they need. */
  readonly scratchByteLength: number;
}

/**
 * Writes the shaders of a plan for a device. What the stages of a kernel leave to each other is one
 * buffer more than its own, so a kernel that has as many as a stage can have does with one stage.
 */
export function planStages(plan: Plan, target: Target): PlanStages {
  const context = { plan, target, scratch: new Scratch() };
  const kernels = plan.kernels.map((kernel) => {
    let stages: readonly Stage[] = [];
    for (const undivided of [false, true]) {
      stages = stagesOf({ ...context, undivided }, kernel);
      context.scratch.release();
      if (stages.every(({ bindings }) => bindings.length <= target.maximumBuffers)) break;
    }
    return stages;
  });
  return { kernels, scratchByteLength: context.scratch.byteLength };
}

function stagesOf(context: ShaderContext, kernel: Kernel): readonly Stage[] {
  switch (kernel.kind) {
    case 'map':
      return mapStages(context, kernel);
    case 'reduce':
      return reduceStages(context, kernel);
    case 'row':
      return isOneDispatch(context, kernel)
        ? rowStages(context, kernel)
        : kernel.phases.flatMap((phase) => stagesOf(context, phase));
    case 'matMul':
      return bytesPerElement(kernel.dtype) === 1 || context.undivided
        ? reduceStages(context, lowerMatMul(kernel))
        : matMulStages(context, kernel);
    case 'conv2d':
      return conv2dStages(context, kernel);
    case 'pool2d':
      return pool2dStages(context, kernel);
    case 'unpool2d':
      return unpool2dStages(context, kernel);
    case 'scatterAdd':
      return scatterAddStages(context, kernel);
  }
}
