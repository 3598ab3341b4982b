import {
  affineIndex,
  roundTo,
  type AffineIndex,
  type Expression,
  type OperationExpression,
} from '@gradus/core/backend';
import type { ProgramBuilder } from './builder.js';
import type { Register } from './program.js';

/** Turns expressions into registers of a program, each distinct sub-expression once. */
export class ExpressionLowering {
  readonly #builder: ProgramBuilder;
  readonly #rank: number;
  readonly #scalars: number;
  readonly #axes = new Map<number, Register>();
  readonly #values = new Map<Expression, Register>();
  readonly #addresses = new Map<Expression, Register>();
  #reduced: readonly Register[] = [];

  /**
   * Writes to `builder`.
   *
   * @param rank How many axes the expressions range over.
   * @param scalars Position of the array that holds the run-time scalars.
   */
  constructor(builder: ProgramBuilder, rank: number, scalars: number) {
    this.#builder = builder;
    this.#rank = rank;
    this.#scalars = scalars;
  }

  /** Gives an axis its loop. */
  bindAxis(axis: number, index: Register): void {
    this.#axes.set(axis, index);
  }

  /** Gives the `reduced` expressions their values. */
  bindReduced(values: readonly Register[]): void {
    this.#reduced = values;
  }

  /** The same axes with `axis` in another loop, beside the one it has here. */
  within(axis: number, index: Register): ExpressionLowering {
    const other = new ExpressionLowering(this.#builder, this.#rank, this.#scalars);
    for (const [bound, register] of this.#axes) other.bindAxis(bound, register);
    other.bindAxis(axis, index);
    return other;
  }

  /** The register of an expression whose axes are bound. */
  value(expression: Expression): Register {
    let register = this.#values.get(expression);
    if (register === undefined) {
      register = this.#compute(expression);
      this.#values.set(expression, register);
    }
    return register;
  }

  /** `Σ coefficients · axes + constant`, the outer loops' part first so that it is hoisted. */
  affine({ constant, coefficients }: AffineIndex): Register {
    const builder = this.#builder;
    const terms: { index: Register; coefficient: number }[] = [];
    for (const [axis, index] of this.#axes) {
      const coefficient = coefficients[axis] ?? 0;
      if (coefficient !== 0) terms.push({ index, coefficient });
    }
    terms.sort((a, b) => builder.depthOf(a.index) - builder.depthOf(b.index));
    let sum = constant === 0 ? undefined : builder.constant(constant);
    for (const { index, coefficient } of terms) {
      const term =
        coefficient === 1
          ? index
          : builder.operation('mul', 'int32', [index, builder.constant(coefficient)]);
      sum = sum === undefined ? term : builder.operation('add', 'int32', [sum, term]);
    }
    return sum ?? builder.constant(0);
  }

  #compute(expression: Expression): Register {
    const builder = this.#builder;
    switch (expression.op) {
      case 'constant':
        return builder.constant(roundTo[expression.dtype](expression.value));
      case 'scalar':
        return builder.load(this.#scalars, builder.constant(expression.position));
      case 'index':
        return this.#axes.get(expression.axis)!;
      case 'reduced':
        return this.#reduced[expression.position]!;
      case 'load':
        return builder.load(expression.buffer, this.#address(expression.index), {
          mask: expression.mask && this.value(expression.mask),
        });
      default:
        return this.#operation(expression);
    }
  }

  #operation({ op, dtype, inputs, word }: OperationExpression): Register {
    const operands = inputs.map((input) => this.value(input));
    return this.#builder.operation(op, dtype, operands, word === undefined ? {} : { word });
  }

  #address(index: Expression): Register {
    let register = this.#addresses.get(index);
    if (register === undefined) {
      const affine = affineIndex(index, this.#rank);
      register = affine ? this.affine(affine) : this.value(index);
      this.#addresses.set(index, register);
    }
    return register;
  }
}
