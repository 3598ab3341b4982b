import {
  affineIndex,
  type DataType,
  type Expression,
  type LoadExpression,
  type OperationExpression,
} from '@gradus/core/backend';
import type { Block } from './block.js';
import { literalCode, operationCode, threefryCode } from './operations.js';
import type { Shader } from './shader.js';
import { typeOf, type Lanes } from './types.js';

/** WGSL of a value: a name or a literal. Of one lane, it is the same in all of them. */
export interface Value {
  readonly code: string;
  readonly lanes: Lanes;
}

/** Where an invocation is along an axis. */
export interface Coordinate extends Value {
  /**
   * Of the axis along which four lanes lie side by side: the coordinate of the first one, which is a
   * multiple of four.
   */
  readonly first?: string;
}

interface Known extends Value {
  readonly depth: number;
}

/**
 * Writes expressions as statements. Each distinct expression is computed once, in the outermost
 * block in which all that it depends on is known.
 */
export class Evaluator {
  readonly #shader: Shader;
  readonly #rank: number;
  readonly #blocks: Block[];
  readonly #axes = new Map<number, Coordinate & { readonly depth: number }>();
  readonly #values = new Map<Expression, Known>();
  readonly #calls = new Map<string, Known>();
  #reduced: readonly Known[] = [];

  /**
   * Writes to the body of `shader`.
   *
   * @param rank How many axes the expressions range over.
   */
  constructor(shader: Shader, rank: number) {
    this.#shader = shader;
    this.#rank = rank;
    this.#blocks = [shader.body];
  }

  /** The innermost open block. */
  get block(): Block {
    return this.#blocks[this.#blocks.length - 1]!;
  }

  /** Says where invocations are along `axis`, while the innermost block is open. */
  bindAxis(axis: number, coordinate: Coordinate): void {
    this.#axes.set(axis, { ...coordinate, depth: this.#depth });
  }

  /** Says what the kernel's reductions have found, while the innermost block is open. */
  bindReduced(values: readonly Value[]): void {
    this.#reduced = values.map((value) => ({ ...value, depth: this.#depth }));
  }

  /** Adds `header { … }` to the innermost block. */
  nest(header: string, build: () => void): void {
    this.block.nest(header, (inner) => {
      this.#blocks.push(inner);
      build();
      this.#forget(this.#depth);
      this.#blocks.pop();
    });
  }

  /** The value of an expression. */
  value(expression: Expression): Value {
    return this.#known(expression);
  }

  /** The value of an expression of which there is one for all lanes. */
  scalar(expression: Expression): string {
    const { code, lanes } = this.#known(expression);
    if (lanes !== 1) throw new TypeError(`One value of ${expression.op} was asked for, not four.`);
    return code;
  }

  /** The value of an expression in `lanes` lanes. */
  lanesOf(expression: Expression, lanes: Lanes): string {
    return widen(this.#known(expression), expression.dtype, lanes);
  }

  get #depth(): number {
    return this.#blocks.length - 1;
  }

  #forget(depth: number): void {
    for (const [expression, known] of this.#values) {
      if (known.depth >= depth) this.#values.delete(expression);
    }
    for (const [call, known] of this.#calls) if (known.depth >= depth) this.#calls.delete(call);
    for (const [axis, known] of this.#axes) if (known.depth >= depth) this.#axes.delete(axis);
  }

  #known(expression: Expression): Known {
    let known = this.#values.get(expression);
    if (known === undefined) {
      known = this.#compute(expression);
      this.#values.set(expression, known);
    }
    return known;
  }

  #compute(expression: Expression): Known {
    switch (expression.op) {
      case 'constant': {
        const code = literalCode(expression.value, expression.dtype, this.#shader.helpers);
        return { code, lanes: 1, depth: 0 };
      }
      case 'scalar':
        return this.#let(this.#shader.scalar(expression.position, expression.dtype), 1, 0);
      case 'index':
        return this.#axes.get(expression.axis)!;
      case 'reduced':
        return this.#reduced[expression.position]!;
      case 'load':
        return this.#load(expression);
      default:
        return this.#operation(expression);
    }
  }

  #operation({ op, dtype, inputs, word }: OperationExpression): Known {
    const known = inputs.map((input) => this.#known(input));
    const [lanes, depth] = [lanesOf(known), depthOf(known)];
    const { helpers } = this.#shader;
    const operands = known.map((operand, position) =>
      widen(operand, inputs[position]!.dtype, lanes),
    );
    if (op === 'threefry') {
      const words = this.#words(threefryCode({ operands, lanes, helpers }), lanes, depth);
      return { ...words, code: `${words.code}[${word ?? 0}]` };
    }
    const inputType = inputs[inputs.length - 1]!.dtype;
    const code = operationCode(op, { dtype, inputType, lanes, operands, word, helpers });
    return this.#let(code, lanes, depth);
  }

  /** Random words: two expressions that take one each share the call. */
  #words(call: string, lanes: Lanes, depth: number): Known {
    let words = this.#calls.get(call);
    if (words === undefined) {
      words = this.#let(call, lanes, depth);
      this.#calls.set(call, words);
    }
    return words;
  }

  #load(expression: LoadExpression): Known {
    const { buffer, dtype, index, mask } = expression;
    const side = this.#sideBySide(index);
    const place = side ?? this.#known(index);
    const loaded =
      side === undefined
        ? this.#gather(buffer, dtype, place)
        : {
            code: this.#shader.load(buffer, side.code, 4),
            lanes: 4 as const,
            depth: side.depth,
          };
    if (mask === undefined) return this.#let(loaded.code, loaded.lanes, loaded.depth);
    const operands = [this.#known(mask), loaded];
    const lanes = lanesOf(operands);
    const zero = `${typeOf(dtype, lanes)}()`;
    const [condition, value] = [widen(operands[0]!, 'bool', lanes), widen(loaded, dtype, lanes)];
    return this.#let(`select(${zero}, ${value}, ${condition})`, lanes, depthOf(operands));
  }

  #gather(buffer: number, dtype: DataType, { code, lanes, depth }: Known): Known {
    if (lanes === 1) return { code: this.#shader.load(buffer, code, 1), lanes, depth };
    const each = ['x', 'y', 'z', 'w'].map((lane) =>
      this.#shader.load(buffer, `${code}.${lane}`, 1),
    );
    return { code: `${typeOf(dtype, lanes)}(${each.join(', ')})`, lanes, depth };
  }

  /** The first of four elements that lie side by side from a multiple of four on, if they do. */
  #sideBySide(index: Expression): Known | undefined {
    const affine = affineIndex(index, this.#rank);
    if (affine === undefined || affine.constant % 4 !== 0) return undefined;
    const terms: Known[] = [];
    let found = false;
    for (const [axis, coordinate] of this.#axes) {
      const coefficient = affine.coefficients[axis] ?? 0;
      if (coefficient === 0) continue;
      const { first, lanes, depth } = coordinate;
      if (first !== undefined && coefficient === 1) {
        terms.push({ code: first, lanes: 1, depth });
        found = true;
      } else {
        if (coefficient % 4 !== 0 || lanes !== 1) return undefined;
        terms.push({ code: `${coordinate.code} * ${coefficient}`, lanes: 1, depth });
      }
    }
    if (!found) return undefined;
    if (affine.constant !== 0) terms.push({ code: `${affine.constant}`, lanes: 1, depth: 0 });
    return this.#let(terms.map(({ code }) => code).join(' + '), 1, depthOf(terms));
  }

  #let(code: string, lanes: Lanes, depth: number): Known {
    return { code: this.#blocks[depth]!.let(code), lanes, depth };
  }
}

/** The same value in every one of `lanes` lanes. */
export function widen({ code, lanes: has }: Value, dtype: DataType, lanes: Lanes): string {
  return has === lanes ? code : `${typeOf(dtype, lanes)}(${code})`;
}

function lanesOf(values: readonly Value[]): Lanes {
  return values.some(({ lanes }) => lanes === 4) ? 4 : 1;
}

function depthOf(values: readonly Known[]): number {
  return values.reduce((deepest, { depth }) => Math.max(deepest, depth), 0);
}
