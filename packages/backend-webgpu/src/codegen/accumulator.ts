import {
  combiningOperations,
  isFloating,
  valueRange,
  type DataType,
  type Reduction,
  type ReductionOperation,
} from '@gradus/core/backend';
import type { Block } from './block.js';
import type { Helpers } from './helpers.js';
import { literalCode, operationCode } from './operations.js';
import { typeOf } from './types.js';

/** What an accumulator has found, or could be told by another one. */
export interface Found {
  readonly value: string;
  /** Of searches only: where it was met, an i32. */
  readonly position?: string;
}

/** The position of nothing yet: the greatest. */
const nowhere = '2147483647';

/** The variables in which an invocation combines what one reduction meets. */
export class Accumulator {
  readonly dtype: DataType;
  readonly searches: boolean;
  readonly found: Found;
  readonly #operation: ReductionOperation;
  readonly #helpers: Helpers;

  /** Variables in `block` that have met nothing yet. */
  constructor(block: Block, { operation, value }: Reduction, helpers: Helpers) {
    const { dtype } = value;
    this.dtype = dtype;
    this.#operation = operation;
    this.#helpers = helpers;
    this.searches = operation === 'argMax' || operation === 'argMin';
    const start = literalCode(identity(operation, dtype), dtype, helpers);
    const variable = block.variable(typeOf(dtype, 1), 'found', start);
    this.found = this.searches
      ? { value: variable, position: block.variable('i32', 'at', nowhere) }
      : { value: variable };
  }

  /** The code of the reduction's result. */
  get result(): string {
    const { value, position } = this.found;
    return position === undefined ? value : `select(${position}, 0, ${position} == ${nowhere})`;
  }

  /** Combines with a value met at `position`, or with what another accumulator has found. */
  add(block: Block, other: Found): void {
    if (this.searches) this.#compare(block, other);
    else {
      const operation = combiningOperations[this.#operation as keyof typeof combiningOperations];
      block.emit(
        `${this.found.value} = ${this.#code(operation, [this.found.value, other.value])};`,
      );
    }
  }

  #compare(block: Block, { value, position }: Found): void {
    const { found } = this;
    const order = this.#operation === 'argMax' ? [found.value, value] : [value, found.value];
    const better = [this.#code('less', order)];
    let equal = `${value} == ${found.value}`;
    if (isFloating(this.dtype)) {
      const [given, known] = [value, found.value].map((each) =>
        block.let(this.#code('notEqual', [each, each]), 'nan'),
      ) as [string, string];
      better.push(`(${given} && !${known})`);
      equal = `(${equal} || (${given} && ${known}))`;
    }
    better.push(`(${equal} && ${position} < ${found.position})`);
    block.nest(`if (${better.join(' || ')})`, (inner) => {
      inner.emit(`${found.value} = ${value};`);
      inner.emit(`${found.position} = ${position};`);
    });
  }

  #code(
    operation: 'less' | 'notEqual' | 'add' | 'mul' | 'maximum' | 'minimum',
    operands: string[],
  ): string {
    const dtype = operation === 'less' || operation === 'notEqual' ? 'bool' : this.dtype;
    return operationCode(operation, {
      dtype,
      inputType: this.dtype,
      lanes: 1,
      operands,
      helpers: this.#helpers,
    });
  }
}

function identity(operation: ReductionOperation, dtype: DataType): number {
  if (operation === 'sum') return 0;
  if (operation === 'product') return 1;
  const [least, greatest] = valueRange[dtype];
  return operation === 'max' || operation === 'argMax' ? least : greatest;
}
