import { threefry2x32 } from '@gradus/random';
import { isInteger, type DataType } from '../dtype.js';
import type { ScalarOperation } from './expression.js';
import { errorFunction } from './error-function.js';
import { valueRange } from './reductions.js';

/** A scalar operation on numbers; bool is 0 or 1, and every argument is already of its dtype. */
export type ScalarFunction = (...inputs: number[]) => number;

/** Rounds or wraps a double to a value that `dtype` can hold, as storing and loading it would. */
export const roundTo: Record<DataType, (value: number) => number> = {
  float32: Math.fround,
  float64: (value) => value,
  float16: roundToFloat16,
  int32: (value) => value | 0,
  uint32: (value) => value >>> 0,
  uint8: (value) => value & 255,
  bool: (value) => (value === 0 ? 0 : 1),
};

/** Half to even at 11 significant bits, with float16's subnormals and overflow. */
function roundToFloat16(value: number): number {
  const magnitude = Math.abs(value);
  if (!(magnitude > 0) || magnitude === Infinity) return value;
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), -14);
  const unit = 2 ** (exponent - 10);
  const rounded = roundHalfToEven(magnitude / unit) * unit;
  return Math.sign(value) * (rounded >= 65520 ? Infinity : rounded);
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction < 0.5) return floor;
  if (fraction > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** To an integer truncates and saturates, NaN giving 0; the other casts round as storage does. */
export function castTo(dtype: DataType, value: number): number {
  return isInteger(dtype) ? saturate(value, ...valueRange[dtype]) : roundTo[dtype](value);
}

function saturate(value: number, least: number, greatest: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.min(Math.max(Math.trunc(value), least), greatest) + 0;
}

const truth = (condition: boolean): number => (condition ? 1 : 0);

/**
 * What every operation means, in double precision before rounding. These are the definitions that
 * all backends are tested against; `cast` and `threefry`, which need more than numbers, are in
 * `scalarFunction`.
 */
const definitions: Record<Exclude<ScalarOperation, 'cast' | 'threefry'>, ScalarFunction> = {
  neg: (a) => -a,
  abs: (a) => Math.abs(a),
  sign: (a) => Math.sign(a),
  floor: (a) => Math.floor(a),
  ceil: (a) => Math.ceil(a),
  round: (a) => roundHalfToEven(a),
  relu: (a) => (a <= 0 ? 0 : a),
  not: (a) => truth(a === 0),
  sqrt: (a) => Math.sqrt(a),
  exp: (a) => Math.exp(a),
  expm1: (a) => Math.expm1(a),
  log: (a) => Math.log(a),
  log1p: (a) => Math.log1p(a),
  sin: (a) => Math.sin(a),
  cos: (a) => Math.cos(a),
  tanh: (a) => Math.tanh(a),
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  erf: (a) => errorFunction(a),
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  floorDiv: (a, b) => Math.floor(a / b),
  mod: (a, b) => floorModulo(a, b),
  pow: (a, b) => power(a, b),
  maximum: (a, b) => Math.max(a, b),
  minimum: (a, b) => Math.min(a, b),
  less: (a, b) => truth(a < b),
  lessEqual: (a, b) => truth(a <= b),
  equal: (a, b) => truth(a === b),
  notEqual: (a, b) => truth(a !== b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shiftLeft: (a, b) => a << b,
  shiftRight: (a, b) => a >> b,
  where: (condition, a, b) => (condition === 0 ? b : a),
};

function floorModulo(a: number, b: number): number {
  const remainder = a % b;
  return remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder;
}

/** IEEE 754 `pow`: unlike JavaScript's, 1 to any power is 1, and −1 to ±∞ is 1. */
function power(base: number, exponent: number): number {
  return base === 1 || (base === -1 && Math.abs(exponent) === Infinity) ? 1 : base ** exponent;
}

/** The integer operations whose double-precision definition would lose bits. */
const integerDefinitions: Partial<Record<ScalarOperation, ScalarFunction>> = {
  mul: (a, b) => Math.imul(a, b),
  floorDiv: (a, b) => (b === 0 ? 0 : Math.floor(a / b)),
  mod: (a, b) => (b === 0 ? 0 : floorModulo(a, b)),
  not: (a) => ~a,
};

const unsignedDefinitions: Partial<Record<ScalarOperation, ScalarFunction>> = {
  ...integerDefinitions,
  shiftRight: (a, b) => a >>> b,
};

/**
 * The reference meaning of `operation` with a result of type `dtype`: a function of the operands'
 * values that rounds to `dtype`, as every backend rounds after every operation. Integers wrap;
 * integer division by zero gives 0.
 *
 * @param word For `threefry`, which output word.
 */
export function scalarFunction(
  operation: ScalarOperation,
  dtype: DataType,
  word: 0 | 1 = 0,
): ScalarFunction {
  if (operation === 'cast') return (a) => castTo(dtype, a);
  if (operation === 'threefry') return (a, b, c, d) => threefry2x32(a, b, c, d)[word];
  const special =
    dtype === 'int32'
      ? integerDefinitions[operation]
      : dtype === 'uint32' || dtype === 'uint8'
        ? unsignedDefinitions[operation]
        : undefined;
  const define = special ?? definitions[operation];
  const round = roundTo[dtype];
  return (...inputs) => round(define(...inputs));
}
