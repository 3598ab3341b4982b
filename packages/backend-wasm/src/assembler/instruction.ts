import { AssemblerError } from './error.js';
import type { Expression, Operand, ResultType, ValueType } from './expression.js';
import { checkImmediate, type ImmediateKind, type ImmediateValue } from './immediates.js';

/** A row of the instruction tables: all that encoder, printer and checker know of an instruction. */
export interface Instruction {
  /** As in the WebAssembly specification. */
  readonly name: string;
  /** One byte, or a prefix byte (0xfc–0xfe) and 16 bits of the number behind it. */
  readonly opcode: number;
  readonly operands: readonly ValueType[];
  readonly result: ResultType;
  readonly immediates: readonly ImmediateKind[];
}

/** `'operands -> result'`, types separated by spaces, and kinds of immediates in encoded order. */
type Row = readonly [opcode: number, signature: string, ...immediates: ImmediateKind[]];

type OperandsOf<Signature extends string> =
  Signature extends `${infer Type extends ValueType} ${infer Rest}`
    ? [Operand<Type>, ...OperandsOf<Rest>]
    : [];

type ResultOf<Signature extends string> =
  Signature extends `${string}-> ${infer Type extends ValueType}` ? Type : 'none';

/** Memory arguments may be left out, so they come last; `zero` is never given. */
type Given<
  Kinds extends readonly ImmediateKind[],
  Optional extends unknown[] = [],
> = Kinds extends readonly [
  infer Kind extends ImmediateKind,
  ...infer Rest extends readonly ImmediateKind[],
]
  ? Kind extends 'zero'
    ? Given<Rest, Optional>
    : Kind extends `memory${number}`
      ? Given<Rest, [argument?: ImmediateValue<Kind>]>
      : [ImmediateValue<Kind>, ...Given<Rest, Optional>]
  : Optional;

/** What makes an expression of an instruction: its operands first, then its immediates. */
type Maker<Entry extends Row> = Entry extends readonly [
  number,
  infer Signature extends string,
  ...infer Kinds extends readonly ImmediateKind[],
]
  ? (...given: [...OperandsOf<Signature>, ...Given<Kinds>]) => Expression<ResultOf<Signature>>
  : never;

/**
 * The instructions `<prefix>.<key>` of a table, as functions from operands and immediates to
 * expressions.
 */
export function namespace<const Table extends Record<string, Row>>(
  prefix: string,
  table: Table,
): { readonly [Key in keyof Table]: Maker<Table[Key]> } {
  const makers: Record<string, unknown> = {};
  for (const [key, row] of Object.entries<Row>(table)) {
    const instruction = describe(`${prefix}.${key}`, row);
    makers[key] = (...given: readonly unknown[]) => make(instruction, given);
  }
  return makers as { readonly [Key in keyof Table]: Maker<Table[Key]> };
}

/** An instruction from its row. */
export function describe(name: string, [opcode, signature, ...immediates]: Row): Instruction {
  const [operands = '', result = ''] = signature.split('->').map((types) => types.trim());
  return {
    name,
    opcode,
    operands: operands === '' ? [] : (operands.split(' ') as ValueType[]),
    result: result === '' ? 'none' : (result as ValueType),
    immediates,
  };
}

function make(instruction: Instruction, given: readonly unknown[]): Expression {
  const { name, operands, result, immediates } = instruction;
  const values = given.slice(operands.length);
  const required = immediates.filter((kind) => kind !== 'zero' && !isMemory(kind));
  return {
    type: result,
    instruction,
    operands: operands.map((type, position) =>
      operand(name, position + 1, type, given[position] as Operand),
    ),
    immediates: immediates.map((kind) => {
      if (kind === 'zero') return undefined;
      const value = isMemory(kind)
        ? (values[required.length] ?? 0)
        : values[required.indexOf(kind)];
      checkImmediate(name, kind, value);
      return value;
    }),
  };
}

function isMemory(kind: ImmediateKind): boolean {
  return kind.startsWith('memory');
}

/** The instructions that plain numbers become. */
export const constants = {
  i32: [0x41, '-> i32', 'i32'],
  i64: [0x42, '-> i64', 'i64'],
  f32: [0x43, '-> f32', 'f32'],
  f64: [0x44, '-> f64', 'f64'],
} as const satisfies Record<string, Row>;

/**
 * A value of type `type`, if `given` is one.
 *
 * @param user The instruction or statement that needs it, for the message.
 * @param place Which of its operands, for the message.
 * @throws {AssemblerError} If it is of another type, or a number where none can be given.
 */
export function operand<Type extends ValueType>(
  user: string,
  place: number | string,
  type: Type,
  given: Operand<Type> | undefined,
): Expression<Type> {
  const isExpression = typeof given === 'object';
  if (isExpression && given.type === type) return given;
  const literal: ValueType = type;
  if (literal !== 'v128' && typeof given === (literal === 'i64' ? 'bigint' : 'number')) {
    return make(describe(`${literal}.const`, constants[literal]), [given]) as Expression<Type>;
  }
  const found = isExpression
    ? `${given.instruction.name} gives ${given.type}`
    : `it is ${String(given)}`;
  const which = typeof place === 'number' ? `operand ${place}` : place;
  throw new AssemblerError(`${user}: ${which} must be ${type}, but ${found}`);
}
