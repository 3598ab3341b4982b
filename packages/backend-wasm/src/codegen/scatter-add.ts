import { bytesPerElement, type ScatterAddKernel } from '@gradus/core/backend';
import { i32, memory } from '../assembler/index.js';
import { Analysis } from './analysis.js';
import type { Environment } from './environment.js';
import { kernelFunction, type KernelFunction } from './kernel-function.js';
import { loadSplat, storeLane } from './lanes.js';
import { nest } from './loops.js';
import { vectorOperation } from './operations.js';

/** A scatter as a loop in row-major order on one thread, so that sums have one order. */
export function scatterAddFunction(
  environment: Environment,
  kernel: ScatterAddKernel,
): KernelFunction {
  const { name, shape, index, value, buffer } = kernel;
  const { dtype, length } = environment.plan.buffers[buffer]!;
  const size = bytesPerElement(dtype);
  const axes = shape.map((extent, axis) => ({ axis, extent }));
  return kernelFunction(environment, {
    name,
    values: [index, value],
    stored: [buffer],
    analysis: new Analysis(),
    vectorAxis: undefined,
    single: true,
    build(evaluator) {
      const { body } = evaluator;
      const target = evaluator.address(buffer);
      body.emit(memory.fill(target, 0, length * size));
      nest(evaluator, axes, undefined, undefined, () => {
        const [position, added] = [evaluator.scalar(index), evaluator.vector(value)];
        // As unsigned numbers, negative indices are too large as well.
        body.if(i32.lt_u(position, length), () => {
          const address = body.let(i32.add(target, i32.mul(position, size)), 'address');
          const sum = vectorOperation('add', {
            from: dtype,
            to: dtype,
            inputs: [loadSplat(dtype, address), added],
            keep: (each) => each,
          });
          body.emit(storeLane(dtype, address, sum!, 0));
        });
      });
    },
  });
}
