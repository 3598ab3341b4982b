import type { DataType } from '@gradus/core/backend';
import { f64x2, i32x4, v128 } from '../assembler/index.js';
import { mapDoubles, wrappedIntegers, type Doubles } from '../math/double.js';
import { pickLanes } from '../pick-lanes.js';
import type { Code } from './code.js';

type Vector = Code<'v128'>;

/**
 * ⌊a / b⌋ of four integers in locals, 0 where b is 0. By float64: a quotient that is no integer
 * differs from the next one by 1 / |b| or more, and from float64's by less, |a / b| · 2⁻⁵³.
 *
 * @param constant What all of b is, if that is known.
 */
export function floorDivide(dtype: DataType, a: Vector, b: Vector, constant?: number): Vector {
  const shift = constant === undefined ? undefined : exponentOf(constant);
  if (shift !== undefined) return dtype === 'int32' ? i32x4.shr_s(a, shift) : i32x4.shr_u(a, shift);
  const divisors = toDoubles(dtype, b);
  const quotients = mapDoubles(toDoubles(dtype, a), (half, index) =>
    f64x2.floor(f64x2.div(half, divisors[index])),
  );
  return wrappedIntegers(quotients);
}

/** a − b·⌊a / b⌋: the remainder with the sign of b, 0 where b is 0. */
export function floorModulo(dtype: DataType, a: Vector, b: Vector, constant?: number): Vector {
  if (constant !== undefined && exponentOf(constant) !== undefined) {
    return v128.and(a, i32x4.splat(constant - 1));
  }
  const rest = i32x4.sub(a, i32x4.mul(b, floorDivide(dtype, a, b)));
  return (constant ?? 0) === 0 ? v128.and(rest, i32x4.ne(b, i32x4.splat(0))) : rest;
}

/** Of a power of two. */
function exponentOf(value: number): number | undefined {
  const exponent = Math.log2(value);
  return Number.isInteger(exponent) ? exponent : undefined;
}

function toDoubles(dtype: DataType, x: Vector): Doubles {
  const convert = dtype === 'int32' ? f64x2.convert_low_i32x4_s : f64x2.convert_low_i32x4_u;
  return [convert(x), convert(pickLanes(x, x, [2, 3, 2, 3]))];
}
