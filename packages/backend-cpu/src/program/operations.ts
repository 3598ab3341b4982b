import type { DataType, ScalarOperation } from '@gradus/core/backend';

/** How a double `a` is rounded to each dtype, as `roundTo` of core does. */
const rounded: Partial<Record<DataType, string>> = {
  float32: 'Math.fround(a)',
  float64: 'a',
  int32: '(a) | 0',
  uint32: '(a) >>> 0',
  uint8: '(a) & 255',
  bool: '(a) === 0 ? 0 : 1',
};

/** How `a` is cast to each dtype, as `castTo` of core does. */
const casts: Partial<Record<DataType, string>> = {
  ...rounded,
  int32: 'Math.min(Math.max(a, -2147483648), 2147483647) | 0',
  uint32: 'Math.min(Math.max(a, 0), 4294967295) >>> 0',
  uint8: 'Math.min(Math.max(a, 0), 255) & 255',
};

type Formulas = Partial<Record<ScalarOperation, string>>;

/**
 * JavaScript for each operation on `a`, `b` and `c`, before it is rounded; those left out call
 * core's reference.
 */
const formulas: Formulas = {
  neg: '-a',
  abs: 'Math.abs(a)',
  sign: 'Math.sign(a)',
  floor: 'Math.floor(a)',
  ceil: 'Math.ceil(a)',
  relu: 'a <= 0 ? 0 : a',
  not: 'a === 0 ? 1 : 0',
  sqrt: 'Math.sqrt(a)',
  exp: 'Math.exp(a)',
  expm1: 'Math.expm1(a)',
  log: 'Math.log(a)',
  log1p: 'Math.log1p(a)',
  sin: 'Math.sin(a)',
  cos: 'Math.cos(a)',
  tanh: 'Math.tanh(a)',
  sigmoid: '1 / (1 + Math.exp(-a))',
  add: 'a + b',
  sub: 'a - b',
  mul: 'a * b',
  div: 'a / b',
  floorDiv: 'Math.floor(a / b)',
  pow: 'a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : Math.pow(a, b)',
  maximum: 'Math.max(a, b)',
  minimum: 'Math.min(a, b)',
  less: 'a < b ? 1 : 0',
  lessEqual: 'a <= b ? 1 : 0',
  equal: 'a === b ? 1 : 0',
  notEqual: 'a !== b ? 1 : 0',
  and: 'a & b',
  or: 'a | b',
  xor: 'a ^ b',
  shiftLeft: 'a << b',
  shiftRight: 'a >> b',
  where: 'a === 0 ? c : b',
};

/** What differs on integers, where double precision would lose bits or divide by zero. */
const integerFormulas: Formulas = {
  ...formulas,
  mul: 'Math.imul(a, b)',
  floorDiv: 'b === 0 ? 0 : Math.floor(a / b)',
  mod: 'b === 0 ? 0 : a - b * Math.floor(a / b)',
  not: '~a',
};

const unsignedFormulas: Formulas = { ...integerFormulas, shiftRight: 'a >>> b' };

const formulasOf: Partial<Record<DataType, Formulas>> = {
  int32: integerFormulas,
  uint32: unsignedFormulas,
  uint8: unsignedFormulas,
};

/** The operations whose formula yields 0 or 1 as it stands. */
const truths = new Set<ScalarOperation>(['less', 'lessEqual', 'equal', 'notEqual']);

/**
 * The operations that give a float32 for float32 operands as they stand. To round costs two
 * conversions, since V8 computes in double precision.
 */
const exactOnFloats = new Set<ScalarOperation>([
  ...(['neg', 'abs', 'sign', 'floor', 'ceil', 'relu'] as const),
  ...(['maximum', 'minimum', 'where'] as const),
]);

/**
 * JavaScript that computes `operation` with a result of type `dtype`, bit for bit what core's
 * `scalarFunction` computes, or `undefined` where only a call of that function will do.
 *
 * @param operands Names or literals, negative ones in parentheses.
 */
export function javascriptOf(
  operation: ScalarOperation,
  dtype: DataType,
  operands: readonly string[],
): string | undefined {
  if (operation === 'cast') return substitute(casts[dtype], operands);
  const formula = substitute((formulasOf[dtype] ?? formulas)[operation], operands);
  if (formula === undefined || truths.has(operation)) return formula;
  if (dtype === 'float32' && exactOnFloats.has(operation)) return formula;
  return substitute(rounded[dtype], [formula]);
}

function substitute(formula: string | undefined, operands: readonly string[]): string | undefined {
  return formula?.replace(/\b[abc]\b/g, (name) => operands['abc'.indexOf(name)]!);
}

/** `value` as a JavaScript literal that can stand as any operand. */
export function literal(value: number): string {
  if (Object.is(value, -0)) return '(-0)';
  return value < 0 ? `(${value})` : `${value}`;
}
