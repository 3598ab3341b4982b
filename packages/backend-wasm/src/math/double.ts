import { f32x4, f64x2 } from '../assembler/index.js';
import { pickLanes } from '../pick-lanes.js';
import type { Vector, VectorContext } from './vector.js';

/** Four float64 numbers in two vectors. */
export type Doubles = readonly [low: Vector, high: Vector];

/** 1.5·2⁵²: adding it to a number below 2⁵¹ rounds that to an integer, which the low bits then hold. */
const rounder = 6755399441055744;

/** A number in both lanes. */
export function double(value: number): Vector {
  return f64x2.splat(value);
}

/** `a·b + c` in double precision. */
export function multiplyAddDouble(a: Vector, b: Vector, c: Vector): Vector {
  return f64x2.add(c, f64x2.mul(a, b));
}

/** Applies the same to both vectors. */
export function mapDoubles(
  [low, high]: Doubles,
  apply: (half: Vector, index: 0 | 1) => Vector,
): Doubles {
  return [apply(low, 0), apply(high, 1)];
}

/** The float32 numbers of a local. */
export function toDoubles(x: Vector): Doubles {
  return [f64x2.promote_low_f32x4(x), f64x2.promote_low_f32x4(pickLanes(x, x, [2, 3, 2, 3]))];
}

/** Rounded to float32. */
export function fromDoubles([low, high]: Doubles): Vector {
  return pickLanes(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), [0, 1, 4, 5]);
}

/** Whole numbers below 2⁵¹ as 32-bit integers, which wrap; 0 for infinities and NaN. */
export function wrappedIntegers(x: Doubles): Vector {
  const [low, high] = mapDoubles(x, (half) => f64x2.add(half, double(rounder)));
  return pickLanes(low, high, [0, 2, 4, 6]);
}

/** The nearest integers as locals, and the same as 32-bit integers; for numbers below 2⁵¹. */
export function nearestIntegers(
  { body }: VectorContext,
  x: Doubles,
): { readonly doubles: Doubles; readonly integers: Vector } {
  const [low, high] = mapDoubles(x, (half) =>
    body.let(f64x2.add(half, double(rounder)), 'rounded'),
  );
  return {
    doubles: mapDoubles([low, high], (half) => body.let(f64x2.sub(half, double(rounder)), 'n')),
    integers: pickLanes(low, high, [0, 2, 4, 6]),
  };
}
