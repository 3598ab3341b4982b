import { isFloating, type DataType, type ScalarOperation } from '@gradus/core/backend';
import { castCode } from './casts.js';
import type { Helper, Helpers } from './helpers.js';
import { floorDivide, floorModulo } from './integer-division.js';
import { isNan, typesOf } from './math/float-function.js';
import { mathematics, sineOf } from './math/index.js';
import { threefry } from './threefry.js';
import { typeOf, type Lanes } from './types.js';

/** What an operation is applied to. */
export interface OperationOptions {
  /** Of the result. */
  readonly dtype: DataType;
  /** Of the operands; of `where`, of the last one. */
  readonly inputType: DataType;
  readonly lanes: Lanes;
  /** Names or literals. */
  readonly operands: readonly string[];
  readonly word?: 0 | 1 | undefined;
  readonly helpers: Helpers;
}

/** Bits that no compiler of WGSL knows: infinity and NaN must not be constants, and −0 becomes 0. */
const opaque: Helper = {
  name: 'opaque',
  write: (name) => `var<private> hidden: u32;\nfn ${name}(x: u32) -> u32 {return x ^ hidden;}`,
};

/** WGSL of a constant. */
export function literalCode(value: number, dtype: DataType, helpers: Helpers): string {
  if (dtype === 'bool') return value === 0 ? 'false' : 'true';
  if (dtype === 'int32') return `i32(${value})`;
  if (!isFloating(dtype)) return `${value}u`;
  const number = Math.fround(value);
  if (Number.isFinite(number) && !Object.is(number, -0)) return `${typeOf(dtype, 1)}(${number})`;
  const bits = `${new Uint32Array(Float32Array.of(number).buffer)[0]!}u`;
  const code = `bitcast<f32>(${helpers.use(opaque, 1)}(${bits}))`;
  return dtype === 'float16' ? `f16(${code})` : code;
}

/** The value of a finite literal, in one lane or splatted. */
function knownValue(code: string): number | undefined {
  const number = /^(?:vec4<\w+>\()?(?:\w+\()?(-?\d[\d.]*(?:e[+-]?\d+)?)u?\)*$/.exec(code)?.[1];
  return number === undefined ? undefined : Number(number);
}

type Operands = Omit<OperationOptions, 'operands'> & {
  readonly a: string;
  readonly b: string;
};

type Table = Readonly<Partial<Record<ScalarOperation, (operands: Operands) => string>>>;

const infix =
  (operator: string) =>
  ({ a, b }: Operands) =>
    `(${a} ${operator} ${b})`;

const call =
  (name: string) =>
  ({ a }: Operands) =>
    `${name}(${a})`;

const callTwo =
  (name: string) =>
  ({ a, b }: Operands) =>
    `${name}(${a}, ${b})`;

const equality: Table = { equal: infix('=='), notEqual: infix('!=') };
const order: Table = { ...equality, less: infix('<'), lessEqual: infix('<=') };
const arithmetic: Table = {
  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  neg: ({ a }) => `(-${a})`,
};
const logic: Table = { and: infix('&'), or: infix('|') };

const bool: Table = {
  ...equality,
  ...logic,
  xor: infix('!='),
  not: ({ a }) => `(!${a})`,
  less: ({ a, b }) => `(!${a} & ${b})`,
  lessEqual: ({ a, b }) => `(!${a} | ${b})`,
  maximum: infix('|'),
  minimum: infix('&'),
};

/** The amount of a shift, of which JavaScript takes five bits. */
function shift(operator: string): (operands: Operands) => string {
  return ({ a, b, lanes }) => {
    const { u } = typesOf(lanes);
    return `(${a} ${operator} (${u}(${b}) & ${u}(31)))`;
  };
}

const integer: Table = {
  ...order,
  ...arithmetic,
  ...logic,
  xor: infix('^'),
  not: ({ a }) => `(~${a})`,
  maximum: callTwo('max'),
  minimum: callTwo('min'),
  shiftLeft: shift('<<'),
  shiftRight: shift('>>'),
};

const int32: Table = {
  ...integer,
  abs: call('abs'),
  sign: call('sign'),
  relu: ({ a, lanes }) => `max(${a}, ${typeOf('int32', lanes)}())`,
  floorDiv: ({ a, b, lanes, helpers }) => {
    const divisor = knownValue(b) ?? 0;
    const { u } = typesOf(lanes);
    if (divisor === 1) return a;
    if (isPowerOfTwo(divisor)) return `(${a} >> ${u}(${Math.log2(divisor)}))`;
    return `${helpers.use(floorDivide, lanes)}(${a}, ${b})`;
  },
  mod: ({ a, b, lanes, helpers }) => {
    const divisor = knownValue(b) ?? 0;
    if (isPowerOfTwo(divisor)) return `(${a} & ${typeOf('int32', lanes)}(${divisor - 1}))`;
    return `${helpers.use(floorModulo, lanes)}(${a}, ${b})`;
  },
};

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}

/** 0 where the divisor is. */
function unsignedDivision(operator: string): (operands: Operands) => string {
  return ({ a, b, lanes }) => {
    const { u } = typesOf(lanes);
    const divisor = knownValue(b);
    if (divisor === 0) return `${u}()`;
    const quotient = `(${a} ${operator} ${b})`;
    return divisor !== undefined ? quotient : `select(${quotient}, ${u}(), ${b} == ${u}())`;
  };
}

const uint32: Table = {
  ...integer,
  neg: ({ a, lanes }) => `(${typesOf(lanes).u}() - ${a})`,
  abs: ({ a }) => a,
  relu: ({ a }) => a,
  sign: ({ a, lanes }) => `min(${a}, ${typesOf(lanes).u}(1))`,
  floorDiv: unsignedDivision('/'),
  mod: unsignedDivision('%'),
};

/** What may leave the eight bits of a uint8, and wraps. */
const growing = new Set<ScalarOperation>(['neg', 'add', 'sub', 'mul', 'shiftLeft', 'not']);

/** A comparison that holds, or does not, where an operand is NaN. */
function comparison(operator: string, ofNan = false): (operands: Operands) => string {
  return ({ a, b, lanes }) => {
    const types = typesOf(lanes);
    const uncertain = [a, b].filter((each) => knownValue(each) === undefined);
    const plain = `(${a} ${operator} ${b})`;
    if (uncertain.length === 0) return plain;
    const nan = isNan(types, ...new Set(uncertain));
    return ofNan ? `(${plain} | ${nan})` : `(${plain} & !${nan})`;
  };
}

/** The greater or lesser one, or NaN, which their sum is if one of them is. */
function extreme(name: string): (operands: Operands) => string {
  return ({ a, b, lanes }) => {
    const uncertain = [a, b].filter((each) => knownValue(each) === undefined);
    return `select(${name}(${a}, ${b}), ${a} + ${b}, ${isNan(typesOf(lanes), ...uncertain)})`;
  };
}

/** The bits of −∞ as an integer: those of negative numbers are not greater, those of others are. */
const leastBits = -0x800000;

const float32: Table = {
  ...arithmetic,
  div: infix('/'),
  less: comparison('<'),
  lessEqual: comparison('<='),
  equal: comparison('=='),
  notEqual: comparison('!=', true),
  abs: call('abs'),
  floor: call('floor'),
  ceil: call('ceil'),
  round: call('round'),
  sqrt: call('sqrt'),
  maximum: extreme('max'),
  minimum: extreme('min'),
  relu: ({ a, lanes }) => {
    const { f, i } = typesOf(lanes);
    return `select(${a}, ${f}(), bitcast<${i}>(${a}) <= ${i}(${leastBits}))`;
  },
  // Zeros and NaN are their own sign.
  sign: ({ a, lanes }) => {
    const { f, u } = typesOf(lanes);
    const bits = `bitcast<${u}>(${a})`;
    const one = `bitcast<${f}>((${bits} & ${u}(0x80000000)) | ${u}(0x3f800000))`;
    return `select(${a}, ${one}, (${bits} & ${u}(0x7fffffff)) - ${u}(1) < ${u}(0x7f800000))`;
  },
  sin: ({ a, lanes, helpers }) => `${helpers.use(sineOf, lanes)}(${a}, 0u)`,
  cos: ({ a, lanes, helpers }) => `${helpers.use(sineOf, lanes)}(${a}, 1u)`,
};

/** What float16 has of its own; all else is computed in float32. */
const float16: Table = { ...arithmetic, div: infix('/') };

const tables: Readonly<Partial<Record<DataType, Table>>> = {
  float32,
  float16,
  int32,
  uint32,
  uint8: uint32,
  bool,
};

/** WGSL of both words of Threefry, as an array. */
export function threefryCode({
  operands,
  lanes,
  helpers,
}: Pick<OperationOptions, 'operands' | 'lanes' | 'helpers'>): string {
  return `${helpers.use(threefry, lanes)}(${operands.join(', ')})`;
}

/** WGSL of an operation on operands without side effects, as `scalarFunction` of core defines it. */
export function operationCode(operation: ScalarOperation, options: OperationOptions): string {
  const { dtype, inputType, lanes, operands, word = 0, helpers } = options;
  const [a, b, c] = operands as [string, string, string];
  if (operation === 'where') return `select(${c}, ${b}, ${a})`;
  if (operation === 'cast') return castCode(inputType, dtype, lanes, a);
  if (operation === 'threefry') {
    return `${threefryCode(options)}[${word}]`;
  }
  const emit = tables[inputType]?.[operation];
  if (emit === undefined && inputType === 'float16') return widened(operation, options);
  const code =
    emit?.({ ...options, a, b }) ??
    `${helpers.use(mathematics[operation]!, lanes)}(${operands.join(', ')})`;
  const type = typeOf(dtype, lanes);
  return inputType === 'uint8' && growing.has(operation) ? `(${code} & ${type}(255))` : code;
}

/** An operation on float16, computed in float32. */
function widened(operation: ScalarOperation, options: OperationOptions): string {
  const { dtype, lanes, operands } = options;
  const code = operationCode(operation, {
    ...options,
    dtype: dtype === 'float16' ? 'float32' : dtype,
    inputType: 'float32',
    operands: operands.map((operand) => `${typeOf('float32', lanes)}(${operand})`),
  });
  return dtype === 'float16' ? `${typeOf('float16', lanes)}(${code})` : code;
}
