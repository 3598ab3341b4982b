import type { Instruction } from './instruction.js';

/** What a local, an operand, a parameter can hold. */
export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

/** What an instruction leaves: a value, or nothing. */
export type ResultType = ValueType | 'none';

/**
 * An instruction with its operands: a recipe for a value, computed wherever it is used, each time
 * that it is used. `body.let` computes it once and keeps the value.
 */
export interface Expression<Type extends ResultType = ResultType> {
  readonly type: Type;
  readonly instruction: Instruction;
  readonly operands: readonly Expression<ValueType>[];
  /** What is part of the instruction itself, one for each of `instruction.immediates`. */
  readonly immediates: readonly unknown[];
}

/** An instruction that only does something, such as a store: `body.emit` writes it down. */
export type Effect = Expression<'none'>;

/** What an operand may be given as; plain numbers become constants of the operand's type. */
export type Operand<Type extends ValueType = ValueType> = Expression<Type> | Literal<Type>;

type Literal<Type extends ValueType> = Type extends 'v128'
  ? never
  : Type extends 'i64'
    ? bigint
    : number;
