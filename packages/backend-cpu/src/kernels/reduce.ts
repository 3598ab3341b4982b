import { affineIndex, stridesOf, visitExpressions, type ReduceKernel } from '@gradus/core/backend';
import { ProgramBuilder, type Scope } from '../program/builder.js';
import { ExpressionLowering } from '../program/lowering.js';
import type { Program, Register } from '../program/program.js';
import { Accumulator } from './accumulator.js';
import { nest } from './nest.js';
import { storeOutputs } from './outputs.js';

/** How many outputs are accumulated side by side where that walks memory in order: 8 KiB of them. */
const blockLength = 1024;

/**
 * A reduction as a program. Each output is accumulated in row-major order of the reduced axes, so
 * the two shapes that the loops can take give the same bits.
 *
 * @param scratch Makes an array of that many doubles and returns its position.
 */
export function reduceProgram(
  kernel: ReduceKernel,
  scalars: number,
  scratch: (length: number) => number,
): Program {
  const writer = new ReduceWriter(kernel, scalars);
  if (walksAcross(kernel)) writer.sideBySide(scratch);
  else writer.oneByOne();
  return writer.builder.finish();
}

/** Whether neighbouring outputs read neighbouring elements while the reduced axis jumps: column sums. */
function walksAcross({ shape, reduceShape, reductions }: ReduceKernel): boolean {
  if (shape.length === 0 || reduceShape.length === 0) return false;
  const rank = shape.length + reduceShape.length;
  let outerJumps = 0;
  let reducedJumps = 0;
  visitExpressions(
    reductions.map(({ value }) => value),
    (expression) => {
      if (expression.op !== 'load') return;
      const coefficients = affineIndex(expression.index, rank)?.coefficients;
      if (coefficients === undefined) return;
      if (Math.abs(coefficients[shape.length - 1]!) > 1) outerJumps++;
      if (Math.abs(coefficients[rank - 1]!) > 1) reducedJumps++;
    },
  );
  return outerJumps < reducedJumps;
}

class ReduceWriter {
  readonly builder: ProgramBuilder;
  readonly #kernel: ReduceKernel;
  readonly #scalars: number;
  readonly #accumulators: readonly Accumulator[];

  constructor(kernel: ReduceKernel, scalars: number) {
    this.builder = new ProgramBuilder(kernel.name);
    this.#kernel = kernel;
    this.#scalars = scalars;
    this.#accumulators = kernel.reductions.map((reduction) => new Accumulator(reduction));
  }

  /** For each output a loop over what is reduced, with the states in variables. */
  oneByOne(): void {
    const { builder } = this;
    const { shape, reduceShape } = this.#kernel;
    const lowering = this.#lowering();
    nest(builder, lowering, shape, 0, builder.root, (point) => {
      const states = this.#accumulators.map(({ initial }) =>
        initial.map((value) => builder.variable(point, builder.constant(value))),
      );
      nest(builder, lowering, reduceShape, shape.length, point, (body) => {
        this.#accumulate(lowering, body, states).forEach((next, slot) =>
          builder.assign(body, states.flat()[slot]!, next),
        );
      });
      this.#finish(lowering, point, states);
    });
  }

  /** The outputs along the last axis in blocks, with the states in scratch arrays. */
  sideBySide(scratch: (length: number) => number): void {
    const { builder } = this;
    const { shape } = this.#kernel;
    const lowering = this.#lowering();
    const extent = shape[shape.length - 1]!;
    const length = Math.min(extent, blockLength);
    const arrays = this.#accumulators.map(({ initial }) => initial.map(() => scratch(length)));
    const zero = builder.constant(0);
    nest(builder, lowering, shape.slice(0, -1), 0, builder.root, (point) => {
      const writeBlock = (start: Register, block: Scope): void =>
        this.#block(lowering, arrays, start, block);
      if (length === extent) writeBlock(zero, point);
      else builder.loop(point, zero, builder.constant(extent), writeBlock, length);
    });
  }

  /** Outputs from `start` on: clears their states, goes over what is reduced row by row, stores. */
  #block(
    lowering: ExpressionLowering,
    arrays: readonly (readonly number[])[],
    start: Register,
    block: Scope,
  ): void {
    const { builder } = this;
    const { shape, reduceShape } = this.#kernel;
    const axis = shape.length - 1;
    const stop = builder.operation('add', 'int32', [start, builder.constant(blockLength)]);
    const end = builder.operation('minimum', 'int32', [stop, builder.constant(shape[axis]!)]);
    const slots = arrays.flat();
    const slotIndex = (index: Register): Register =>
      builder.constantIn(start) === 0 ? index : builder.operation('sub', 'int32', [index, start]);
    const load = (index: Register, scope: Scope): Register[][] =>
      arrays.map((own) => own.map((array) => builder.load(array, slotIndex(index), { scope })));
    const initial = this.#accumulators.flatMap((accumulator) => accumulator.initial);
    builder.loop(block, start, end, (index, body) => {
      initial.forEach((value, slot) =>
        builder.store(body, slots[slot]!, slotIndex(index), builder.constant(value)),
      );
    });
    nest(builder, lowering, reduceShape, shape.length, block, (row) => {
      builder.loop(row, start, end, (index, body) => {
        lowering.bindAxis(axis, index);
        this.#accumulate(lowering, body, load(index, body)).forEach((next, slot) =>
          builder.store(body, slots[slot]!, slotIndex(index), next),
        );
      });
    });
    builder.loop(block, start, end, (index, body) =>
      this.#finish(lowering.within(axis, index), body, load(index, body)),
    );
  }

  #lowering(): ExpressionLowering {
    const { shape, reduceShape } = this.#kernel;
    return new ExpressionLowering(this.builder, shape.length + reduceShape.length, this.#scalars);
  }

  /** The states after one more value each, all in one list. */
  #accumulate(
    lowering: ExpressionLowering,
    scope: Scope,
    states: readonly (readonly Register[])[],
  ): Register[] {
    const { shape, reduceShape, reductions } = this.#kernel;
    const coefficients = [...shape.map(() => 0), ...stridesOf(reduceShape)];
    const position = (): Register => lowering.affine({ constant: 0, coefficients });
    return this.#accumulators.flatMap((accumulator, reduction) =>
      accumulator.next(
        this.builder,
        scope,
        states[reduction]!,
        lowering.value(reductions[reduction]!.value),
        position,
      ),
    );
  }

  /** Computes and stores the outputs from the states after the last values. */
  #finish(
    lowering: ExpressionLowering,
    scope: Scope,
    states: readonly (readonly Register[])[],
  ): void {
    const { shape, outputs } = this.#kernel;
    lowering.bindReduced(
      this.#accumulators.map((accumulator, reduction) =>
        accumulator.result(this.builder, states[reduction]!),
      ),
    );
    storeOutputs(this.builder, lowering, shape, outputs, scope);
  }
}
