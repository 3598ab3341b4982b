import { control, node } from './control.js';
import type { Expression, Operand, ValueType } from './expression.js';
import type { Reference } from './immediates.js';
import { operand, type Instruction } from './instruction.js';
import {
  argumentsInOrder,
  resultOf,
  type ArgumentsOf,
  type ResultOf,
  type Signature,
} from './signature.js';

/** What a module can export. */
export interface Exportable extends Reference {
  readonly kind: 'function' | 'table' | 'memory' | 'global';
}

/** A local, a parameter or a global: an expression that can be set, by `body.set`. */
export class Variable<Type extends ValueType = ValueType, Kind extends 'local' | 'global' = 'local'>
  implements Expression<Type>, Reference
{
  readonly type: Type;
  readonly kind: Kind;
  readonly index: number;
  readonly name: string;
  readonly owner: object;
  readonly operands: readonly [] = [];
  readonly immediates: readonly [this] = [this];

  constructor(type: Type, kind: Kind, index: number, name: string, owner: object) {
    this.type = type;
    this.kind = kind;
    this.index = index;
    this.name = name;
    this.owner = owner;
  }

  /** What reads it. */
  get instruction(): Instruction {
    return this.kind === 'local' ? control.localGet : control.globalGet;
  }
}

/** A function of a module, defined or imported. */
export class FunctionReference<Given extends Signature = Signature> implements Exportable {
  readonly kind = 'function';
  readonly index: number;
  readonly name: string;
  readonly owner: object;
  readonly signature: Given;
  /** The signature as a type of the module. */
  readonly type: Reference;

  constructor(index: number, name: string, owner: object, signature: Given, type: Reference) {
    this.index = index;
    this.name = name;
    this.owner = owner;
    this.signature = signature;
    this.type = type;
  }

  /**
   * The value (or effect) of calling it.
   *
   * @throws {AssemblerError} If an argument is missing, unknown, or of another type.
   */
  call(given: ArgumentsOf<Given>): Expression<ResultOf<Given>> {
    const operands = argumentsInOrder(`call $${this.name}`, this.signature, given);
    return node(control.call, resultOf(this.signature), operands, [this]);
  }
}

/** A table of functions, through which modules call functions that they do not know. */
export class TableReference implements Exportable {
  readonly kind = 'table';
  readonly index = 0;
  readonly name = 'table';
  readonly owner: object;
  readonly #typeOf: (signature: Signature) => Reference;

  constructor(owner: object, typeOf: (signature: Signature) => Reference) {
    this.owner = owner;
    this.#typeOf = typeOf;
  }

  /**
   * The value (or effect) of calling the function at `position`; it traps if there is none, or one
   * of another signature.
   *
   * @throws {AssemblerError} If an argument is missing, unknown, or of another type.
   */
  call<Given extends Signature>(
    signature: Given,
    position: Operand<'i32'>,
    given: ArgumentsOf<Given>,
  ): Expression<ResultOf<Given>> {
    const user = `call_indirect $${this.name}`;
    const operands = argumentsInOrder(user, signature, given);
    operands.push(operand(user, 'the position', 'i32', position));
    const { owner, name } = this;
    const target = { table: this, type: this.#typeOf(signature), owner, name };
    return node(control.callIndirect, resultOf(signature), operands, [target]);
  }
}
