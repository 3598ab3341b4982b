import type { DataType } from '@gradus/core/backend';
import { f32x4, i32x4, v128 } from '../assembler/index.js';
import type { Code } from './code.js';

type Vector = Code<'v128'>;

const zero = (): Vector => i32x4.splat(0);
const greatest = (value: number): Vector => i32x4.splat(value);

/** Four values of one dtype as another: to integers they saturate, NaN gives 0. */
export function castLanes(from: DataType, to: DataType, x: Vector): Vector {
  if (from === to) return x;
  if (from === 'bool') return v128.and(x, to === 'float32' ? f32x4.splat(1) : i32x4.splat(1));
  if (to === 'bool') return from === 'float32' ? f32x4.ne(x, zero()) : i32x4.ne(x, zero());
  if (from === 'float32') return fromFloat(to, x);
  if (to === 'float32') {
    return from === 'uint32' ? f32x4.convert_i32x4_u(x) : f32x4.convert_i32x4_s(x);
  }
  return betweenIntegers(from, to, x);
}

function fromFloat(to: DataType, x: Vector): Vector {
  if (to === 'uint32') return i32x4.trunc_sat_f32x4_u(x);
  const integer = i32x4.trunc_sat_f32x4_s(x);
  return to === 'int32' ? integer : i32x4.min_s(i32x4.max_s(integer, zero()), greatest(255));
}

function betweenIntegers(from: DataType, to: DataType, x: Vector): Vector {
  if (from === 'uint8') return x;
  const positive = from === 'int32' ? i32x4.max_s(x, zero()) : x;
  if (to === 'uint8') return i32x4.min_u(positive, greatest(255));
  return to === 'int32' ? i32x4.min_u(x, greatest(0x7fffffff)) : positive;
}
