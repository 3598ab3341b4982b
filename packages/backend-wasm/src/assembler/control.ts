import { AssemblerError } from './error.js';
import type { Effect, Expression, ResultType, ValueType } from './expression.js';
import { describe, operand, type Instruction } from './instruction.js';
import type { Operand } from './expression.js';

/** Instructions that a `FunctionBody` writes, or whose types depend on what they are about. */
export const control = {
  unreachable: describe('unreachable', [0x00, '->']),
  block: describe('block', [0x02, '->', 'noResult']),
  loop: describe('loop', [0x03, '->', 'noResult']),
  if: describe('if', [0x04, 'i32 ->', 'noResult']),
  else: describe('else', [0x05, '->']),
  end: describe('end', [0x0b, '->']),
  branch: describe('br', [0x0c, '->', 'label']),
  branchIf: describe('br_if', [0x0d, 'i32 ->', 'label']),
  return: describe('return', [0x0f, '->']),
  call: describe('call', [0x10, '->', 'reference']),
  callIndirect: describe('call_indirect', [0x11, '->', 'tableAndType']),
  drop: describe('drop', [0x1a, '->']),
  select: describe('select', [0x1b, '->']),
  localGet: describe('local.get', [0x20, '->', 'reference']),
  localSet: describe('local.set', [0x21, '->', 'reference']),
  globalGet: describe('global.get', [0x23, '->', 'reference']),
  globalSet: describe('global.set', [0x24, '->', 'reference']),
} as const;

/** An expression whose types its maker has checked. */
export function node<Type extends ResultType>(
  instruction: Instruction,
  type: Type,
  operands: readonly Expression<ValueType>[],
  immediates: readonly unknown[] = [],
): Expression<Type> {
  return { type, instruction, operands, immediates };
}

/**
 * `condition ≠ 0 ? ifTrue : ifFalse`, both of which are computed.
 *
 * @throws {AssemblerError} If the two are of different types.
 */
export function select<Type extends ValueType>(
  ifTrue: Expression<Type>,
  ifFalse: Expression<Type>,
  condition: Operand<'i32'>,
): Expression<Type> {
  if (ifTrue.type !== ifFalse.type) {
    throw new AssemblerError(`select: ${ifTrue.type} and ${ifFalse.type} are different types`);
  }
  const test = operand('select', 'the condition', 'i32', condition);
  return node(control.select, ifTrue.type, [ifTrue, ifFalse, test]);
}

/** Stops with a trap: for places that cannot be reached. */
export function unreachable(): Effect {
  return node(control.unreachable, 'none', []);
}
