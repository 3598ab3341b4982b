import { f32x4, f64x2, v128 } from '../assembler/index.js';
import {
  double,
  fromDoubles,
  mapDoubles,
  multiplyAddDouble,
  nearestIntegers,
  toDoubles,
  type Doubles,
} from './double.js';
import { timesPowerOfTwo } from './exponential.js';
import { split } from './logarithm.js';
import { float, polynomial, signOf, type Vector, type VectorContext } from './vector.js';

/**
 * p in log₂((1 + s) / (1 − s)) = s·p(s²) for mantissas (1 + s) / (1 − s) from √½ to √2; error
 * 4.3e-12 of the logarithm.
 */
const logarithmCoefficients = [
  2.8853900817900877, 0.9617966733409015, 0.5770835850993892, 0.4116727117862776,
  0.34073022963003124,
];

/** 2ᶠ for |f| ≤ ½ as a polynomial of f; error 4.7e-11 of 2ᶠ. */
const powerCoefficients = [
  1, 0.693147180704763, 0.24022651067002565, 0.05550410365392435, 0.00961803805967536,
  0.0013333935355758994, 0.00015466781512102568, 1.5196134231077328e-5,
];

/**
 * xʸ, by 2^(y·log₂ x) in double precision, so that powers which float32 can hold, such as x¹ and
 * squares of integers, are exact. As IEEE 754 has it: 1 if x is 1 or y is 0, NaN or not, and of −1 to ±∞; NaN for other negative
 * finite x unless y is an integer.
 */
export function pow(context: VectorContext, x: Vector, y: Vector): Vector {
  const { body } = context;
  const base = body.let(x, 'base');
  const exponent = body.let(y, 'exponent');
  const magnitude = body.let(f32x4.abs(base), 'magnitude');
  const power = exp2(context, productOfLogarithm(context, magnitude, exponent));

  const isInteger = body.let(f32x4.eq(f32x4.trunc(exponent), exponent), 'isInteger');
  const half = body.let(f32x4.mul(exponent, float(0.5)), 'half');
  const isOdd = v128.and(isInteger, f32x4.ne(f32x4.trunc(half), half));
  const infinity = float(Infinity);
  const isNegative = v128.and(f32x4.lt(base, float(0)), f32x4.lt(magnitude, infinity));
  const isUndefined = v128.andnot(isNegative, isInteger);
  const signed = v128.or(v128.or(power, v128.and(signOf(base), isOdd)), isUndefined);

  const isUnit = v128.and(f32x4.eq(magnitude, float(1)), f32x4.eq(f32x4.abs(exponent), infinity));
  const isOne = v128.or(f32x4.eq(base, float(1)), f32x4.eq(exponent, float(0)));
  return v128.bitselect(float(1), signed, v128.or(isOne, isUnit));
}

/** y·log₂ x in double precision, for a local x that is not negative. */
function productOfLogarithm(context: VectorContext, x: Vector, y: Vector): Doubles {
  const { body } = context;
  const { mantissa, exponent } = split(context, x);
  const mantissas = toDoubles(body.let(mantissa, 'mantissa'));
  const exponents = toDoubles(body.let(exponent, 'exponent'));
  return mapDoubles(toDoubles(y), (factor, half) => {
    const f = body.let(f64x2.sub(mantissas[half], double(1)), 'f');
    const s = body.let(f64x2.div(f, f64x2.add(f, double(2))), 's');
    const square = body.let(f64x2.mul(s, s), 'square');
    const series = polynomial(multiplyAddDouble, square, logarithmCoefficients.map(double));
    return f64x2.mul(factor, multiplyAddDouble(s, series, exponents[half]));
  });
}

/** 2ˣ. */
function exp2(context: VectorContext, x: Doubles): Vector {
  const { body } = context;
  const bounded = mapDoubles(x, (half) =>
    // Beyond these bounds the result is 0 or ∞ as at them; NaN passes both.
    body.let(f64x2.pmin(f64x2.pmax(half, double(-151)), double(129)), 'bounded'),
  );
  const { doubles, integers } = nearestIntegers(context, bounded);
  const powers = mapDoubles(bounded, (half, index) => {
    const fraction = body.let(f64x2.sub(half, doubles[index]), 'fraction');
    return polynomial(multiplyAddDouble, fraction, powerCoefficients.map(double));
  });
  return timesPowerOfTwo(context, fromDoubles(powers), integers);
}
