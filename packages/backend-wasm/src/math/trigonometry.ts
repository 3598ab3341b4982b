import { f32x4, f64x2, i32x4, v128 } from '../assembler/index.js';
import { double, fromDoubles, mapDoubles, nearestIntegers, toDoubles } from './double.js';
import { bits, float, polynomial, signOf } from './vector.js';
import type { Vector, VectorContext } from './vector.js';

/** π/2 in three parts, the first two of 24 bits: n times those is exact for |n| ≤ 2²⁹. */
const halfPi = [1.570796251296997, 7.549789415861596e-8, 5.390302858158119e-15];

/** p in sin r = r·(1 + r²·p(r²)) for |r| ≤ π/4; error 4.0e-9 of sin r. */
const sineCoefficients = [-0.16666655, 0.008332189, -0.00019518285];

/** p in cos r = 1 + r²·p(r²) for |r| ≤ π/4; error 1.2e-10 of cos r. */
const cosineCoefficients = [-0.5, 0.041666646, -0.001388731, 0.000024432327];

/** sin x of x in radians; for |x| beyond 2²⁹ only some number from −1 to 1. */
export function sin(context: VectorContext, x: Vector): Vector {
  return sineOfSum(context, x, 0);
}

/** cos x of x in radians; for |x| beyond 2²⁹ only some number from −1 to 1. */
export function cos(context: VectorContext, x: Vector): Vector {
  return sineOfSum(context, x, 1);
}

/** sin(x + quarterTurns·π/2). */
function sineOfSum(context: VectorContext, x: Vector, quarterTurns: 0 | 1): Vector {
  const { body, multiplyAdd } = context;
  const { remainder: r, turns } = reduce(context, x);
  const quadrant = body.let(i32x4.add(turns, bits(quarterTurns)), 'quadrant');
  const square = body.let(f32x4.mul(r, r), 'square');
  const series = (coefficients: readonly number[]): Vector =>
    polynomial(multiplyAdd, square, [1, ...coefficients].map(float));
  const sine = f32x4.mul(r, series(sineCoefficients));
  const isOdd = i32x4.shr_s(i32x4.shl(quadrant, 31), 31);
  const magnitude = v128.bitselect(series(cosineCoefficients), sine, isOdd);
  return v128.xor(magnitude, signOf(i32x4.shl(quadrant, 30)));
}

/** x as `turns`·π/2 + `remainder`, a local in [−π/4, π/4], or NaN for ±∞ and NaN. */
function reduce(
  context: VectorContext,
  x: Vector,
): Readonly<Record<'turns' | 'remainder', Vector>> {
  const { body } = context;
  const operands = mapDoubles(toDoubles(body.let(x, 'x')), (half) => body.let(half, 'operand'));
  const quotients = mapDoubles(operands, (half) => f64x2.mul(half, double(2 / Math.PI)));
  const { doubles, integers } = nearestIntegers(context, quotients);
  const remainders = mapDoubles(operands, (half, index) =>
    halfPi.reduce((rest, part) => f64x2.sub(rest, f64x2.mul(doubles[index], double(part))), half),
  );
  const remainder = f32x4.pmin(
    f32x4.pmax(fromDoubles(remainders), float(-Math.PI / 4)),
    float(Math.PI / 4),
  );
  return { turns: integers, remainder: body.let(remainder, 'remainder') };
}
