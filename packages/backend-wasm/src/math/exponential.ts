import { f32x4, i32x4, v128 } from '../assembler/index.js';
import { bits, float, ln2High, ln2Low, polynomial, signOf } from './vector.js';
import type { Vector, VectorContext } from './vector.js';

/** 1.5·2²³: adding it to a small number rounds that to an integer, which the low bits then hold. */
const rounder = 12582912;

/** The bits of 1, to which n·2²³ is added to make 2ⁿ. */
const one = 0x3f800000;

/** q in eʳ − 1 = r + r²·q(r) for |r| ≤ 0.347; error 1.5e-8 of eʳ − 1. */
const coefficients = [0.49999997, 0.16666539, 0.04166774, 0.008367048, 0.0013840209];

/** eˣ, with gradual underflow. */
export function exp(context: VectorContext, x: Vector): Vector {
  // Beyond these bounds the result is 0 or ∞ as at them; NaN passes both.
  const bounded = f32x4.pmin(f32x4.pmax(x, float(-104)), float(89));
  const { r, rounded } = reduce(context, bounded);
  return timesPowerOfTwo(context, f32x4.add(smallExpm1(context, r), float(1)), rounded);
}

/** eˣ − 1. */
export function expm1(context: VectorContext, x: Vector): Vector {
  const operand = context.body.let(x, 'x');
  const bounded = f32x4.pmin(f32x4.pmax(operand, float(-32)), float(89));
  const half = context.body.let(halfExpm1(context, bounded), 'half');
  // Sums lose the sign of −0.
  return v128.or(f32x4.add(half, half), signOf(operand));
}

/** (eˣ − 1) / 2 for −32 ≤ x ≤ 89: half, since eˣ overflows in 2ⁿ·eʳ before it should. */
export function halfExpm1(context: VectorContext, x: Vector): Vector {
  const { body, multiplyAdd } = context;
  const { r, rounded } = reduce(context, x);
  const scale = body.let(i32x4.add(i32x4.shl(rounded, 23), bits(one - (1 << 23))), 'scale');
  return multiplyAdd(scale, smallExpm1(context, r), f32x4.sub(scale, float(0.5)));
}

/** eʳ − 1 for |r| ≤ 0.347, `r` being a local. */
function smallExpm1({ multiplyAdd }: VectorContext, r: Vector): Vector {
  return multiplyAdd(f32x4.mul(r, r), polynomial(multiplyAdd, r, coefficients.map(float)), r);
}

/**
 * x·2ⁿ with one rounding, for |n| ≤ 250.
 *
 * @param n The integer in the low ten bits at least; those above do not matter.
 */
export function timesPowerOfTwo({ body }: VectorContext, x: Vector, n: Vector): Vector {
  const integer = body.let(n, 'n');
  const half = body.let(i32x4.shl(i32x4.shr_s(integer, 1), 23), 'half');
  const rest = i32x4.sub(i32x4.shl(integer, 23), half);
  const power = (exponent: Vector): Vector => i32x4.add(exponent, bits(one));
  return f32x4.mul(f32x4.mul(x, power(half)), power(rest));
}

/** x = n·ln 2 + r with an integer n, which `rounded` holds in its low bits, and |r| ≤ 0.347. */
function reduce(
  { body, multiplyAdd }: VectorContext,
  x: Vector,
): Readonly<Record<'r' | 'rounded', Vector>> {
  const operand = body.let(x, 'x');
  const rounded = body.let(multiplyAdd(operand, float(Math.LOG2E), float(rounder)), 'rounded');
  const n = body.let(f32x4.sub(rounded, float(rounder)), 'n');
  const high = multiplyAdd(n, float(-ln2High), operand);
  return { r: body.let(multiplyAdd(n, float(-ln2Low), high), 'r'), rounded };
}
