import { bytesPerElement, stridesOf, type KernelOutput, type Plan } from '@gradus/core/backend';
import { i32 } from '../assembler/index.js';
import type { Code } from './code.js';
import type { Evaluator } from './evaluator.js';
import { lanes, storeLane, storeNeighbours } from './lanes.js';

/**
 * Computes all outputs at the coordinates of the open loops, then stores them: one that overwrites
 * an input in place must not be seen by the others. Without a vector axis there is one value.
 */
export function storeOutputs(
  evaluator: Evaluator,
  plan: Plan,
  shape: readonly number[],
  outputs: readonly KernelOutput[],
  vectorAxis: number | undefined,
): void {
  const { body } = evaluator;
  const values = outputs.map(({ value }) => evaluator.vector(value));
  const strides = stridesOf(shape);
  const position = body.let(
    strides.reduce<Code<'i32'>>(
      (sum, stride, axis) =>
        i32.add(
          sum,
          stride === 1 ? evaluator.indexOf(axis) : i32.mul(evaluator.indexOf(axis), stride),
        ),
      i32.const(0),
    ),
    'position',
  );
  outputs.forEach(({ buffer }, output) => {
    const { dtype } = plan.buffers[buffer]!;
    const size = bytesPerElement(dtype);
    const address = body.let(
      i32.add(evaluator.address(buffer), size === 1 ? position : i32.mul(position, size)),
      'target',
    );
    const value = values[output]!;
    const stride = vectorAxis === undefined ? 1 : strides[vectorAxis]!;
    const count = vectorAxis === undefined ? 1 : evaluator.lanes;
    if (stride === 1) {
      for (const effect of storeNeighbours(dtype, address, value, count)) body.emit(effect);
      return;
    }
    for (const lane of lanes(count)) {
      body.emit(storeLane(dtype, i32.add(address, lane * stride * size), value, lane));
    }
  });
}
