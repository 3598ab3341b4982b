import { f32x4, f64x2, v128, type FunctionBody } from '../assembler/index.js';
import { fromDoubles, mapDoubles, toDoubles } from './double.js';
import { float, signOf, type Vector, type VectorContext } from './vector.js';

/** ⌊a / b⌋, of the quotient in double precision. */
export function floorDiv({ body }: VectorContext, a: Vector, b: Vector): Vector {
  const divisors = toDoubles(body.let(b, 'divisor'));
  const quotients = mapDoubles(toDoubles(body.let(a, 'dividend')), (half, index) =>
    f64x2.floor(f64x2.div(half, divisors[index])),
  );
  return fromDoubles(quotients);
}

/** a − b·⌊a / b⌋ without rounding: the remainder with the sign of b. */
export function mod({ body }: VectorContext, a: Vector, b: Vector): Vector {
  const dividend = body.let(a, 'dividend');
  const divisor = body.let(b, 'divisor');
  const divisors = toDoubles(body.let(f32x4.abs(divisor), 'magnitude'));
  const rests = mapDoubles(toDoubles(body.let(f32x4.abs(dividend), 'rest')), (half, index) =>
    remainder(body, half, divisors[index]),
  );
  const rest = body.let(v128.or(fromDoubles(rests), signOf(dividend)), 'rest');
  const isOpposite = v128.xor(f32x4.lt(rest, float(0)), f32x4.lt(divisor, float(0)));
  const moved = v128.or(v128.and(f32x4.ne(rest, float(0)), isOpposite), f32x4.ne(divisor, divisor));
  return v128.bitselect(f32x4.add(rest, divisor), rest, moved);
}

/** Keeps 26 bits of a double's mantissa: their product with 24 others is exact. */
const leadingBits = Int32Array.of(-(2 ** 27), -1, -(2 ** 27), -1);

/** a mod b for doubles that float32 holds and that are not negative: long division, 26 bits a turn. */
function remainder(
  body: Pick<FunctionBody, 'let' | 'set' | 'while'>,
  a: Vector,
  b: Vector,
): Vector {
  const rest = body.let(a, 'rest');
  const divisor = body.let(b, 'divisor');
  // NaN, which 0 as divisor gives, is never greater: the loop ends.
  const isLeft = (): Vector => f64x2.ge(rest, divisor);
  body.while(v128.any_true(isLeft()), () => {
    const quotient = v128.and(f64x2.floor(f64x2.div(rest, divisor)), v128.const(leadingBits));
    const next = f64x2.sub(rest, f64x2.mul(quotient, divisor));
    body.set(rest, v128.bitselect(next, rest, isLeft()));
  });
  return rest;
}
