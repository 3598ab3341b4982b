import { control, node } from './control.js';
import { AssemblerError } from './error.js';
import type { Effect, Expression, Operand, ResultType, ValueType } from './expression.js';
import { isOwned } from './immediates.js';
import { operand } from './instruction.js';
import { i32 } from './instructions/scalar.js';
import { Variable } from './references.js';
import type { Signature } from './signature.js';

/** A place that branches go to: the end of a block, or the start of a loop. */
export interface Label {
  /** How many blocks are around it. */
  readonly depth: number;
  readonly owner: FunctionBody;
}

/** The values that a loop counts through: `from`, `from + step`, … below `to`, as signed integers. */
export interface Range {
  /** 0 if left out. */
  readonly from?: Operand<'i32'>;
  /** Exclusive; computed once. */
  readonly to: Operand<'i32'>;
  /** Positive; 1 if left out. Computed after each turn. */
  readonly step?: Operand<'i32'>;
  /** What the index is called in text. */
  readonly name?: string;
}

/** The statements of a function in the order in which they are written by its methods. */
export class FunctionBody {
  /** What was written so far. */
  readonly statements: Effect[] = [];
  /** The locals, parameters excepted. */
  readonly locals: Variable[] = [];
  readonly parameters: readonly Variable[];
  readonly #module: object;
  readonly #result: ResultType;
  readonly #openBlocks: Label[] = [];
  readonly #names = new Map<string, number>();

  /**
   * A body without statements.
   *
   * @param module Whose functions, globals and tables it may use.
   */
  constructor(module: object, { parameters, result }: Signature) {
    this.#module = module;
    this.#result = result ?? 'none';
    this.parameters = Object.entries(parameters).map(
      ([name, type], index) =>
        new Variable<ValueType>(type, 'local', index, this.#unique(name), this),
    );
  }

  /** A local that holds `value` from here on, or until it is `set`. */
  let<Type extends ValueType>(value: Expression<Type>, name = 'local'): Variable<Type> {
    const index = this.parameters.length + this.locals.length;
    const local = new Variable(value.type, 'local', index, this.#unique(name), this);
    this.locals.push(local);
    this.emit(node(control.localSet, 'none', [value], [local]));
    return local;
  }

  /** Gives a local, parameter or global another value. */
  set<Type extends ValueType>(
    variable: Variable<Type, 'local' | 'global'>,
    value: Operand<Type>,
  ): void {
    const instruction = variable.kind === 'local' ? control.localSet : control.globalSet;
    const place = `$${variable.name}`;
    const checked = operand(instruction.name, place, variable.type, value);
    this.emit(node(instruction, 'none', [checked], [variable]));
  }

  /** Adds to a variable. */
  increase(variable: Variable<'i32'>, amount: Operand<'i32'>): void {
    this.set(variable, i32.add(variable, amount));
  }

  /**
   * Does what the instruction does.
   *
   * @throws {AssemblerError} If it has a value (`drop` those), or uses what is another function's.
   */
  emit(effect: Effect): void {
    if ((effect as Expression).type !== 'none') {
      throw new AssemblerError(`emit: ${effect.instruction.name} gives a value; use or drop it`);
    }
    this.#checkOwners(effect);
    this.statements.push(effect);
  }

  /** Computes a value for its side effects. */
  drop(value: Expression<ValueType>): void {
    this.emit(node(control.drop, 'none', [value]));
  }

  /** Statements that a branch to the label leaves. */
  block(build: (end: Label) => void): void {
    this.#nested(node(control.block, 'none', [], [undefined]), build);
    this.emit(node(control.end, 'none', []));
  }

  /** Statements that a branch to the label repeats; without one they run once. */
  loop(build: (start: Label) => void): void {
    this.#nested(node(control.loop, 'none', [], [undefined]), build);
    this.emit(node(control.end, 'none', []));
  }

  /** Goes to a label around this place, if the condition (when given) is not 0. */
  branch(label: Label, condition?: Operand<'i32'>): void {
    if (this.#openBlocks[label.depth] !== label) {
      throw new AssemblerError('br: the label is not that of a block around this place');
    }
    const distance = this.#openBlocks.length - 1 - label.depth;
    if (condition === undefined) this.emit(node(control.branch, 'none', [], [distance]));
    else {
      const test = operand('br_if', 'the condition', 'i32', condition);
      this.emit(node(control.branchIf, 'none', [test], [distance]));
    }
  }

  /** Runs `then` where the condition is not 0, else `otherwise`. */
  if(condition: Operand<'i32'>, then: () => void, otherwise?: () => void): void {
    const test = operand('if', 'the condition', 'i32', condition);
    this.#nested(node(control.if, 'none', [test], [undefined]), then);
    if (otherwise) this.#nested(node(control.else, 'none', []), otherwise);
    this.emit(node(control.end, 'none', []));
  }

  /** Runs the statements once for every index of a range. */
  for({ from = 0, to, step = 1, name = 'index' }: Range, build: (index: Variable<'i32'>) => void) {
    const index = this.let(operand('for', 'from', 'i32', from), name);
    const end = typeof to === 'number' ? to : this.let(to, `${name}End`);
    const inside = (): Expression<'i32'> => i32.lt_s(index, end);
    // Tested at the end, so that there is one branch an iteration.
    this.if(inside(), () =>
      this.loop((start) => {
        build(index);
        this.increase(index, step);
        this.branch(start, inside());
      }),
    );
  }

  /** Runs the statements again and again as long as the condition is not 0 before. */
  while(condition: Expression<'i32'>, build: () => void): void {
    this.if(condition, () =>
      this.loop((start) => {
        build();
        this.branch(start, condition);
      }),
    );
  }

  /**
   * Leaves the function, with its result if it has one.
   *
   * @throws {AssemblerError} If the value is not of the type that the function's signature says.
   */
  return(value?: Operand): void {
    if (this.#result !== 'none') {
      const result = operand('return', 'the result', this.#result, value);
      this.emit(node(control.return, 'none', [result]));
    } else if (value === undefined) this.emit(node(control.return, 'none', []));
    else throw new AssemblerError('return: the function has no result, but a value is given');
  }

  #nested(opening: Effect, build: (label: Label) => void): void {
    this.emit(opening);
    const label: Label = { depth: this.#openBlocks.length, owner: this };
    this.#openBlocks.push(label);
    build(label);
    this.#openBlocks.pop();
  }

  #checkOwners({ instruction, operands, immediates }: Expression): void {
    for (const immediate of immediates) {
      if (!isOwned(immediate) || [this, this.#module].includes(immediate.owner)) continue;
      const place = `another ${immediate instanceof Variable ? 'function' : 'module'}`;
      throw new AssemblerError(`${instruction.name}: $${immediate.name} belongs to ${place}`);
    }
    for (const input of operands) this.#checkOwners(input);
  }

  #unique(name: string): string {
    const uses = this.#names.get(name) ?? 0;
    this.#names.set(name, uses + 1);
    return uses === 0 ? name : this.#unique(`${name}.${uses + 1}`);
  }
}
