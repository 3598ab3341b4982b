import {
  combiningOperations,
  isFloating,
  valueRange,
  type DataType,
  type Reduction,
  type ReductionOperation,
  type ScalarOperation,
} from '@gradus/core/backend';
import type { Block } from './block.js';
import { widen } from './evaluator.js';
import type { Helpers } from './helpers.js';
import { literalCode, operationCode } from './operations.js';
import { typeOf, type Lanes } from './types.js';

/** What an accumulator has found, or could be told by another one. */
export interface Found {
  readonly value: string;
  /** Of searches only: where it was met, an i32 in each lane. */
  readonly position?: string;
}

/** The position of nothing yet: the greatest. */
const nowhere = 2147483647;

/** The variables in which an invocation combines what one reduction meets, in each lane by itself. */
export class Accumulator {
  readonly dtype: DataType;
  readonly lanes: Lanes;
  /** Whether it is asked where something is. */
  readonly searches: boolean;
  readonly found: Found;
  readonly #reduction: Reduction;
  readonly #helpers: Helpers;

  /**
   * Variables in `block` that have met nothing yet.
   *
   * @param meetsNothing Whether there is nothing that they could meet.
   */
  constructor(
    block: Block,
    reduction: Reduction,
    helpers: Helpers,
    lanes: Lanes = 1,
    meetsNothing = false,
  ) {
    const { operation, value } = reduction;
    const { dtype } = value;
    this.dtype = dtype;
    this.lanes = lanes;
    this.#reduction = reduction;
    this.#helpers = helpers;
    this.searches = operation.startsWith('arg');
    const literal = literalCode(identity(operation, dtype), dtype, helpers);
    const least = meetsNothing && dtype === 'float32' ? hidden(literal) : literal;
    const start = widen({ code: least, lanes: 1 }, dtype, lanes);
    const variable = block.variable(typeOf(dtype, lanes), 'found', start);
    const position = this.searches
      ? block.variable(typeOf('int32', lanes), 'at', `${typeOf('int32', lanes)}(${nowhere})`)
      : undefined;
    this.found = { value: variable, ...(position === undefined ? {} : { position }) };
  }

  /** The code of the reduction's result. */
  get result(): string {
    const { value, position } = this.found;
    if (position === undefined) return value;
    const type = typeOf('int32', this.lanes);
    return `select(${position}, ${type}(), ${position} == ${type}(${nowhere}))`;
  }

  /** Combines with values met at positions, or with what another accumulator has found. */
  add(block: Block, other: Found): void {
    if (this.searches) this.#compare(block, other);
    else {
      const { operation } = this.#reduction;
      const combine = combiningOperations[operation as keyof typeof combiningOperations];
      block.emit(`${this.found.value} = ${this.#code(combine, this.found.value, other.value)};`);
    }
  }

  /** What all four lanes have found, in one. */
  merged(block: Block): Accumulator {
    if (this.lanes === 1) return this;
    const all = new Accumulator(block, this.#reduction, this.#helpers);
    const { value, position } = this.found;
    for (const lane of ['x', 'y', 'z', 'w']) {
      all.add(block, {
        value: `${value}.${lane}`,
        ...(position === undefined ? {} : { position: `${position}.${lane}` }),
      });
    }
    return all;
  }

  #compare(block: Block, { value, position }: Found): void {
    const { found } = this;
    const [lesser, greater] =
      this.#reduction.operation === 'argMax' ? [found.value, value] : [value, found.value];
    let better = this.#code('less', lesser, greater);
    let equal = this.#code('equal', value, found.value);
    if (isFloating(this.dtype)) {
      const nan = [value, found.value].map((each) =>
        block.let(this.#code('notEqual', each, each), 'nan'),
      );
      better = `${better} | (${nan[0]!} & !${nan[1]!})`;
      equal = `(${equal} | (${nan[0]!} & ${nan[1]!}))`;
    }
    const wins = block.let(`${better} | (${equal} & (${position} < ${found.position}))`, 'wins');
    block.emit(`${found.value} = select(${found.value}, ${value}, ${wins});`);
    block.emit(`${found.position} = select(${found.position}, ${position}, ${wins});`);
  }

  #code(operation: ScalarOperation, ...operands: string[]): string {
    const compares = ['less', 'equal', 'notEqual'].includes(operation);
    return operationCode(operation, {
      dtype: compares ? 'bool' : this.dtype,
      inputType: this.dtype,
      lanes: this.lanes,
      operands,
      helpers: this.#helpers,
    });
  }
}

/** The same number, unknown to compilers: some take 0 / x for 0 whatever x is. */
const hidden = (code: string): string => `bitcast<f32>(bitcast<u32>(${code}) | (local >> 31u))`;

function identity(operation: ReductionOperation, dtype: DataType): number {
  if (operation === 'sum') return 0;
  if (operation === 'product') return 1;
  const [least, greatest] = valueRange[dtype];
  return operation === 'max' || operation === 'argMax' ? least : greatest;
}
