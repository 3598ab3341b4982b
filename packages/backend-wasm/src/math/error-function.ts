import { f32x4, v128 } from '../assembler/index.js';
import { float, polynomial, signOf, type Vector, type VectorContext } from './vector.js';

/** Where the approximation changes. */
const middle = 0.9375;

/** p in erf x = x + x·p(x²) for |x| ≤ 15/16; error 2.0e-8 of erf x. */
const nearCoefficients = [
  0.12837915, -0.3761248, 0.11281618, -0.026758565, 0.0049806875, -0.0005925125,
];

/**
 * p in erf x = 1 − p(x)⁻⁸ for 15/16 ≤ x ≤ 3.95, the form of Abramowitz & Stegun 7.1.28; error 1.6e-8
 * of erf x. Beyond, p grows on and the result is 1.
 */
const farCoefficients = [
  0.997578, 0.15413827, 0.059345484, 0.063137196, -0.0263704, 0.015288223, -0.0035064544,
  0.00050177146,
];

/** erf x = 2/√π ∫₀ˣ e^(−t²) dt. */
export function erf({ body, multiplyAdd }: VectorContext, x: Vector): Vector {
  const operand = body.let(x, 'x');
  const square = body.let(f32x4.mul(operand, operand), 'square');
  const near = multiplyAdd(
    operand,
    polynomial(multiplyAdd, square, nearCoefficients.map(float)),
    operand,
  );
  const magnitude = body.let(f32x4.abs(operand), 'magnitude');
  let power = body.let(polynomial(multiplyAdd, magnitude, farCoefficients.map(float)), 'power');
  for (let i = 0; i < 3; i++) power = body.let(f32x4.mul(power, power), 'power');
  const far = f32x4.sub(float(1), f32x4.div(float(1), power));
  const isNear = f32x4.lt(magnitude, float(middle));
  return v128.bitselect(near, v128.or(far, signOf(operand)), isNear);
}
