import type {
  Conv2dKernel,
  Kernel,
  Plan,
  Pool2dKernel,
  Unpool2dKernel,
} from '@gradus/core/backend';
import type { CompiledProgram, NumberArray, Translate } from '../program/program.js';
import { mapProgram } from './map.js';
import { epilogueProgram, runMatMul, windowLength } from './mat-mul.js';
import { reduceProgram } from './reduce.js';
import { scatterAddProgram } from './scatter-add.js';
import { setRange, slabEpilogue, slabRange } from './slab.js';
import { prepareWindows } from './windows.js';
import { packedProduct } from '../matmul/packed-product.js';

/** The kernels of a plan, ready to run on its arrays. */
export interface CompiledKernels {
  readonly kernels: readonly CompiledProgram[];
  /**
   * The arrays that the kernels work in, which come behind those of the plan's buffers and of the
   * run-time scalars.
   */
  readonly scratch: readonly NumberArray[];
}

/** Compiles every kernel of `plan`. */
export function compileKernels(plan: Plan, translate: Translate): CompiledKernels {
  const scalars = plan.buffers.length;
  const scratch: NumberArray[] = [];
  const addScratch = (array: NumberArray): number => scalars + scratch.push(array);
  const compileWindows = (
    kernel: Conv2dKernel | Pool2dKernel | Unpool2dKernel,
  ): CompiledProgram => {
    const windows = prepareWindows(kernel);
    const range = slabRange();
    const slab = { ...windows.layout, array: addScratch(windows.results) };
    const epilogue = translate(slabEpilogue(kernel, scalars, slab, addScratch(range)));
    return {
      source: `// ${kernel.kind} to ${kernel.shape.join(' × ')}, and after it\n${epilogue.source}`,
      run: (arrays) => {
        windows.run(arrays, (from, to) => {
          setRange(range, from, to);
          epilogue.run(arrays);
        });
      },
    };
  };
  const compile = (kernel: Kernel): CompiledProgram => {
    switch (kernel.kind) {
      case 'map':
        return translate(mapProgram(kernel, scalars));
      case 'reduce':
        return translate(
          reduceProgram(kernel, scalars, (length) => addScratch(new Float64Array(length))),
        );
      case 'scatterAdd':
        return translate(scatterAddProgram(kernel, plan.buffers[kernel.buffer]!.length, scalars));
      case 'matMul': {
        const window = new Int32Array(windowLength(kernel));
        const tile = addScratch(packedProduct().tile);
        const epilogue = translate(epilogueProgram(kernel, scalars, tile, addScratch(window)));
        return {
          source:
            `// ${kernel.shape.join(' × ')} over a depth of ${kernel.depth}: the blocked product ` +
            `of mat-mul.ts, and for each block of it\n${epilogue.source}`,
          run: (arrays) => runMatMul(kernel, arrays, window, epilogue),
        };
      }
      case 'conv2d':
      case 'pool2d':
      case 'unpool2d':
        return compileWindows(kernel);
    }
  };
  return { kernels: plan.kernels.map(compile), scratch };
}
