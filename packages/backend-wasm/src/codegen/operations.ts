import type { DataType, ScalarOperation } from '@gradus/core/backend';
import { f32x4, i32x4, v128 } from '../assembler/index.js';
import { signOf } from '../math/vector.js';
import { castLanes } from './cast.js';
import type { Code } from './code.js';
import { floorDivide, floorModulo } from './integer-division.js';
import { shiftLanes } from './shift.js';
import { threefry } from './threefry.js';

type Vector = Code<'v128'>;

/** The operands of an operation, and what it needs to know of them. */
export interface Operands {
  /** Of the operands; those of comparisons and casts differ from the result's. */
  readonly from: DataType;
  /** Of the result. */
  readonly to: DataType;
  readonly inputs: readonly Vector[];
  /** The second operand, if it is known when the plan is compiled. */
  readonly constant?: number | undefined;
  /** The second operand of a shift, if it is the same in all lanes. */
  readonly amount?: Code<'i32'> | undefined;
  readonly word?: 0 | 1 | undefined;
  /** Makes a local of a value that is used more than once. */
  readonly keep: (value: Vector) => Vector;
}

/** What makes a vector of operands, each of which is used any number of times. */
type Emitter = (a: Vector, b: Vector, operands: Operands) => Vector | undefined;

type Table = Readonly<Partial<Record<ScalarOperation, Emitter>>>;

const zero = (): Vector => i32x4.splat(0);

/** For all dtypes: bits are moved and combined. */
const bitwise: Table = {
  and: v128.and,
  or: v128.or,
  xor: v128.xor,
  where: (condition, a, { inputs }) => v128.bitselect(a, inputs[2]!, condition),
  not: v128.not,
};

const bool: Table = {
  ...bitwise,
  maximum: v128.or,
  minimum: v128.and,
};

const float32: Table = {
  neg: f32x4.neg,
  abs: f32x4.abs,
  // Zeros and NaN are their own sign.
  sign: (a) =>
    v128.bitselect(
      v128.or(signOf(a), f32x4.splat(1)),
      a,
      v128.or(f32x4.lt(a, zero()), f32x4.gt(a, zero())),
    ),
  floor: f32x4.floor,
  ceil: f32x4.ceil,
  round: f32x4.nearest,
  relu: (a) => v128.andnot(a, f32x4.le(a, zero())),
  sqrt: f32x4.sqrt,
  add: f32x4.add,
  sub: f32x4.sub,
  mul: f32x4.mul,
  div: f32x4.div,
  maximum: f32x4.max,
  minimum: f32x4.min,
};

/** For all integers, which wrap. */
const integer: Table = {
  ...bitwise,
  floor: (a) => a,
  ceil: (a) => a,
  round: (a) => a,
  neg: i32x4.neg,
  add: i32x4.add,
  sub: i32x4.sub,
  mul: i32x4.mul,
  floorDiv: (a, b, { to, constant }) => floorDivide(to, a, b, constant),
  mod: (a, b, { to, constant }) => floorModulo(to, a, b, constant),
  shiftLeft: (a, b, { amount }) => shiftLanes('shl', a, b, amount),
};

const int32: Table = {
  ...integer,
  abs: i32x4.abs,
  sign: (a) => i32x4.max_s(i32x4.min_s(a, i32x4.splat(1)), i32x4.splat(-1)),
  relu: (a) => i32x4.max_s(a, zero()),
  maximum: i32x4.max_s,
  minimum: i32x4.min_s,
  shiftRight: (a, b, { amount }) => shiftLanes('shr_s', a, b, amount),
};

const uint32: Table = {
  ...integer,
  abs: (a) => a,
  sign: (a) => i32x4.min_u(a, i32x4.splat(1)),
  relu: (a) => a,
  maximum: i32x4.max_u,
  minimum: i32x4.min_u,
  shiftRight: (a, b, { amount }) => shiftLanes('shr_u', a, b, amount),
};

/** What may leave the eight bits of a uint8, and wraps. */
const growing: readonly ScalarOperation[] = ['neg', 'add', 'sub', 'mul', 'shiftLeft', 'not'];

const uint8: Table = {
  ...uint32,
  ...Object.fromEntries(
    growing.map((operation): [string, Emitter] => [
      operation,
      (a, b, operands) => {
        const wide = uint32[operation]!(a, b, operands);
        return wide && v128.and(wide, i32x4.splat(255));
      },
    ]),
  ),
};

const tables: Readonly<Partial<Record<DataType, Table>>> = {
  float32: { ...float32, where: bitwise.where! },
  int32,
  uint32,
  uint8,
  bool,
};

const comparisons: Readonly<Partial<Record<DataType, Table>>> = {
  float32: {
    less: f32x4.lt,
    lessEqual: f32x4.le,
    equal: f32x4.eq,
    notEqual: f32x4.ne,
  },
  int32: {
    less: i32x4.lt_s,
    lessEqual: i32x4.le_s,
    equal: i32x4.eq,
    notEqual: i32x4.ne,
  },
  uint32: {
    less: i32x4.lt_u,
    lessEqual: i32x4.le_u,
    equal: i32x4.eq,
    notEqual: i32x4.ne,
  },
  // A mask of ones is greater than one of zeros as an unsigned number.
  get uint8() {
    return this.uint32!;
  },
  get bool() {
    return this.uint32!;
  },
};

/**
 * The lanes of a scalar operation, or undefined where there is no vector code for it. Operands are
 * used several times, so they should be locals.
 */
export function vectorOperation(
  operation: ScalarOperation,
  operands: Operands,
): Vector | undefined {
  const { from, to, inputs, word, keep } = operands;
  if (operation === 'cast') return castLanes(from, to, inputs[0]!);
  if (operation === 'threefry') return threefry(inputs, word ?? 0, keep);
  const emit = comparisons[from]?.[operation] ?? tables[to]?.[operation];
  return emit?.(inputs[0]!, inputs[1]!, operands);
}
