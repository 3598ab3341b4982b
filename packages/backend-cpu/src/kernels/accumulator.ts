import {
  combiningOperations,
  valueRange,
  type DataType,
  type Reduction,
  type ReductionOperation,
  type ScalarOperation,
} from '@gradus/core/backend';
import type { ProgramBuilder, Scope } from '../program/builder.js';
import type { Register } from '../program/program.js';

/** What has to be known of a reduction. */
type Accumulated = Pick<Reduction, 'operation' | 'dtype'> & {
  readonly value: { readonly dtype: DataType };
};

/**
 * How one reduction goes from value to value. Its state is one or two numbers: what has been
 * accumulated, for `argMax` and `argMin` the best value and its position. float32 accumulates in
 * double precision and is rounded once, at the end.
 */
export class Accumulator {
  /** The state before the first value. */
  readonly initial: readonly number[];
  readonly #operation: ReductionOperation;
  readonly #dtype: DataType;
  readonly #accumulated: DataType;

  /** How a reduction accumulates values of a dtype. */
  constructor({ operation, dtype, value }: Accumulated) {
    this.#operation = operation;
    this.#dtype = dtype;
    this.#accumulated = dtype === 'float32' ? 'float64' : dtype;
    const [least, greatest] = valueRange[value.dtype];
    const starts: Record<ReductionOperation, readonly number[]> = {
      sum: [0],
      product: [1],
      max: [least],
      min: [greatest],
      argMax: [least, 0],
      argMin: [greatest, 0],
    };
    this.initial = starts[operation];
  }

  /** The state after one more value; `position` writes where in the reduced axes that one lies. */
  next(
    builder: ProgramBuilder,
    scope: Scope,
    state: readonly Register[],
    value: Register,
    position: () => Register,
  ): Register[] {
    const [first, second] = state as [Register, Register];
    const compute = (
      operation: ScalarOperation,
      dtype: DataType,
      ...inputs: Register[]
    ): Register => builder.operation(operation, dtype, inputs, { scope });
    if (this.#operation !== 'argMax' && this.#operation !== 'argMin') {
      return [compute(combiningOperations[this.#operation], this.#accumulated, first, value)];
    }
    const beyond =
      this.#operation === 'argMax'
        ? compute('less', 'bool', first, value)
        : compute('less', 'bool', value, first);
    const firstNaN = compute(
      'and',
      'bool',
      compute('notEqual', 'bool', value, value),
      compute('equal', 'bool', first, first),
    );
    const better = compute('or', 'bool', beyond, firstNaN);
    return [
      compute('where', 'float64', better, value, first),
      compute('where', 'int32', better, position(), second),
    ];
  }

  /** The result, from the state after the last value. */
  result(builder: ProgramBuilder, state: readonly Register[]): Register {
    const [first, second] = state as [Register, Register | undefined];
    if (second !== undefined) return second;
    return this.#accumulated === this.#dtype
      ? first
      : builder.operation('cast', this.#dtype, [first]);
  }
}
