import { scalarFunction, type DataType, type ScalarOperation } from '@gradus/core/backend';
import type { Program, Register, Statement, Value } from './program.js';

/** A list of statements that runs as one: the whole program or the body of a loop. */
export interface Scope {
  readonly depth: number;
  readonly statements: Statement[];
}

/**
 * Writes a program. A value is placed in the outermost scope that has its inputs, so everything
 * that does not depend on an inner loop is computed before that loop; the same value asked for
 * twice is one register.
 */
export class ProgramBuilder {
  readonly root: Scope = { depth: 0, statements: [] };
  readonly #name: string;
  /** The scope of each register. */
  readonly #scopes: Scope[] = [];
  readonly #constants = new Map<Register, number>();
  readonly #known = new Map<string, Register>();

  /** An empty program, `name` for people. */
  constructor(name: string) {
    this.#name = name;
  }

  /** The program written so far. */
  finish(): Program {
    return {
      name: this.#name,
      registers: this.#scopes.length,
      constants: this.#constants,
      statements: this.root.statements,
    };
  }

  /** The register that holds `value`. */
  constant(value: number): Register {
    const key = `constant ${Object.is(value, -0) ? '-0' : value}`;
    const register = this.#known.get(key) ?? this.#register(this.root);
    this.#known.set(key, register);
    this.#constants.set(register, value);
    return register;
  }

  /** The number in `register`, if it is a constant. */
  constantIn(register: Register): number | undefined {
    return this.#constants.get(register);
  }

  /** In how many loops `register` is defined. */
  depthOf(register: Register): number {
    return this.#scopes[register]!.depth;
  }

  /**
   * A scalar operation. With `scope` it is computed exactly there, each time anew: what reads
   * variables must not be hoisted.
   */
  operation(
    operation: ScalarOperation,
    dtype: DataType,
    inputs: readonly Register[],
    { word = 0, scope }: { word?: 0 | 1; scope?: Scope } = {},
  ): Register {
    const constants = inputs.map((input) => this.#constants.get(input));
    if (constants.every((value) => value !== undefined)) {
      return this.constant(scalarFunction(operation, dtype, word)(...constants));
    }
    if (operation === 'where' && constants[0] !== undefined) {
      return inputs[constants[0] === 0 ? 2 : 1]!;
    }
    const value: Value = { kind: 'operation', operation, dtype, inputs, word };
    if (scope) return this.#define(scope, value);
    return this.#shared(`${operation} ${dtype} ${word} ${inputs.join()}`, inputs, value);
  }

  /** Arithmetic on indices, which wraps as int32 does. */
  integer(
    operation: 'add' | 'sub' | 'mul' | 'floorDiv' | 'mod',
    left: Register,
    right: Register,
  ): Register {
    const neutral = operation === 'add' || operation === 'sub' ? 0 : 1;
    if (operation !== 'mod' && this.constantIn(right) === neutral) return left;
    return this.operation(operation, 'int32', [left, right]);
  }

  /** An element of an array, computed exactly in `scope` where that is given. */
  load(
    array: number,
    index: Register,
    { mask, scope }: { mask?: Register | undefined; scope?: Scope } = {},
  ): Register {
    if (mask !== undefined && this.#constants.has(mask)) {
      if (this.#constants.get(mask) === 0) return this.constant(0);
      mask = undefined;
    }
    const value: Value = { kind: 'load', array, index, mask };
    if (scope) return this.#define(scope, value);
    const inputs = mask === undefined ? [index] : [index, mask];
    return this.#shared(`load ${array} ${inputs.join()}`, inputs, value);
  }

  /** A store in `scope`, left out where `mask` is 0. */
  store(scope: Scope, array: number, index: Register, value: Register, mask?: Register): void {
    scope.statements.push({ kind: 'store', array, index, value, mask });
  }

  /** A register that can be assigned to. */
  variable(scope: Scope, initial: Register): Register {
    const target = this.#register(scope);
    scope.statements.push({ kind: 'variable', target, initial });
    return target;
  }

  /** Gives a variable another value. */
  assign(scope: Scope, target: Register, source: Register): void {
    scope.statements.push({ kind: 'assign', target, source });
  }

  /**
   * A loop in `scope`, whose body `write` fills. The loop is added after that, behind everything
   * that the body has hoisted into `scope`.
   */
  loop(
    scope: Scope,
    from: Register,
    to: Register,
    write: (index: Register, body: Scope) => void,
    step = 1,
  ): void {
    const body: Scope = { depth: scope.depth + 1, statements: [] };
    const index = this.#register(body);
    write(index, body);
    scope.statements.push({ kind: 'loop', index, from, to, step, body: body.statements });
  }

  #shared(key: string, inputs: readonly Register[], value: Value): Register {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    let scope = this.root;
    for (const input of inputs) {
      const other = this.#scopes[input]!;
      if (other.depth > scope.depth) scope = other;
    }
    const register = this.#define(scope, value);
    this.#known.set(key, register);
    return register;
  }

  #define(scope: Scope, value: Value): Register {
    const target = this.#register(scope);
    scope.statements.push({ kind: 'define', target, value });
    return target;
  }

  #register(scope: Scope): Register {
    return this.#scopes.push(scope) - 1;
  }
}
