import { f32x4, v128 } from '../assembler/index.js';
import { halfExpm1 } from './exponential.js';
import { float, signOf, type Vector, type VectorContext } from './vector.js';

/** tanh x = h / (h + 1) with h = (e²ˣ − 1) / 2, which is accurate near 0 as well. */
export function tanh(context: VectorContext, x: Vector): Vector {
  const operand = context.body.let(x, 'x');
  const magnitude = context.body.let(f32x4.abs(operand), 'magnitude');
  // From 9.02 on the result is 1.
  const doubled = f32x4.pmin(f32x4.add(magnitude, magnitude), float(20));
  const half = context.body.let(halfExpm1(context, doubled), 'half');
  return v128.or(f32x4.div(half, f32x4.add(half, float(1))), signOf(operand));
}
