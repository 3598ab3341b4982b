import { f32x4, v128 } from '../assembler/index.js';
import { exp } from './exponential.js';
import { bits, float, type Vector, type VectorContext } from './vector.js';

/** 1 / (1 + e⁻ˣ), for negative x as eˣ / (1 + eˣ): e to a negative number never overflows. */
export function sigmoid(context: VectorContext, x: Vector): Vector {
  const operand = context.body.let(x, 'x');
  const negative = v128.or(operand, bits(0x80000000));
  const power = context.body.let(exp(context, negative), 'power');
  const numerator = v128.bitselect(power, float(1), f32x4.lt(operand, float(0)));
  return f32x4.div(numerator, f32x4.add(power, float(1)));
}
