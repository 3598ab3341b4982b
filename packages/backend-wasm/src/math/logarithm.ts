import { f32x4, i32x4, v128 } from '../assembler/index.js';
import { bits, float, ln2High, ln2Low, polynomial, signOf } from './vector.js';
import type { Vector, VectorContext } from './vector.js';

/** A number as mantissa·2^exponent. */
interface Split {
  /** In [√½, √2), whatever the number is. */
  readonly mantissa: Vector;
  /** An integer as float32; −∞ for 0, and ∞ and NaN for those. */
  readonly exponent: Vector;
}

/** The bits of √½. */
const rootHalf = 0x3f3504f3;

/**
 * p in ln((1 + s) / (1 − s)) = 2s + s³·p(s²) for mantissas (1 + s) / (1 − s) from √½ to √2; error
 * 8.1e-10 of the logarithm.
 */
const coefficients = [0.66666776, 0.39977586, 0.29870695];

/** ln x; −∞ for ±0, NaN for negative numbers. */
export function log(context: VectorContext, x: Vector): Vector {
  const operand = context.body.let(x, 'x');
  const result = logarithm(context, split(context, operand));
  return v128.or(result, f32x4.lt(operand, float(0)));
}

/** ln(1 + x). */
export function log1p(context: VectorContext, x: Vector): Vector {
  const { body } = context;
  const operand = body.let(x, 'x');
  const sum = body.let(f32x4.add(operand, float(1)), 'sum');
  // What the sum lost to rounding, which moves the logarithm by lost / sum; NaN at −1 and ∞.
  const lost = f32x4.sub(operand, f32x4.sub(sum, float(1)));
  const correction = body.let(f32x4.div(lost, sum), 'correction');
  const known = v128.and(correction, f32x4.eq(correction, correction));
  const result = f32x4.add(logarithm(context, splitNormal(context, sum)), known);
  // Sums lose the sign of −0.
  return v128.or(v128.or(result, signOf(operand)), f32x4.lt(sum, float(0)));
}

/** Splits a number that is not negative, subnormal or not. */
export function split(context: VectorContext, x: Vector): Split {
  const subnormal = context.body.let(f32x4.lt(x, float(2 ** -126)), 'subnormal');
  const scaled = v128.bitselect(f32x4.mul(x, float(2 ** 23)), x, subnormal);
  const { mantissa, exponent } = splitNormal(context, context.body.let(scaled, 'scaled'));
  return { mantissa, exponent: f32x4.sub(exponent, v128.and(subnormal, float(23))) };
}

/** Splits a local that is not negative and not subnormal. */
function splitNormal({ body }: VectorContext, x: Vector): Split {
  const offset = body.let(i32x4.sub(x, bits(rootHalf)), 'offset');
  const exponent = f32x4.convert_i32x4_s(i32x4.shr_s(offset, 23));
  const finite = v128.bitselect(exponent, x, f32x4.lt(x, float(Infinity)));
  return {
    mantissa: i32x4.add(v128.and(offset, bits(0x7fffff)), bits(rootHalf)),
    exponent: v128.bitselect(float(-Infinity), finite, f32x4.eq(x, float(0))),
  };
}

function logarithm({ body, multiplyAdd }: VectorContext, { mantissa, exponent }: Split): Vector {
  const f = body.let(f32x4.sub(mantissa, float(1)), 'f');
  const s = body.let(f32x4.div(f, f32x4.add(f, float(2))), 's');
  const square = body.let(f32x4.mul(s, s), 'square');
  const rest = f32x4.mul(square, polynomial(multiplyAdd, square, coefficients.map(float)));
  // 2s = f − f·s keeps f, which is exact.
  const ofMantissa = multiplyAdd(s, f32x4.sub(rest, f), f);
  const n = body.let(exponent, 'n');
  return multiplyAdd(n, float(ln2High), multiplyAdd(n, float(ln2Low), ofMantissa));
}
