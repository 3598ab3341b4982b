import { f32x4, f64x2, v128, type Expression } from '../../src/assembler/index.js';
import { contents, source, target, type Sample } from './samples.js';

const floats = (...values: number[]): Expression<'v128'> => v128.const(Float32Array.from(values));
const doubles = (...values: number[]): Expression<'v128'> => v128.const(Float64Array.from(values));
const integers = (...values: number[]): Expression<'v128'> => v128.const(Int32Array.from(values));
const mask = (...lanes: boolean[]): Int32Array => Int32Array.from(lanes, (lane) => (lane ? -1 : 0));

const a = floats(1, -2, NaN, 0);
const b = floats(3, -2, 5, -0);

/** Every instruction of `v128`, `f32x4` and `f64x2` but relaxed SIMD. */
export const vectorSamples: Readonly<Record<string, Sample>> = {
  'v128.load': [v128.load(source), contents.subarray(0, 16)],
  'v128.load8x8_s': [v128.load8x8_s(source, 32), Int16Array.of(-128, 127, -1, 1, -2, 16, 0, -112)],
  'v128.load8x8_u': [v128.load8x8_u(source, 32), Int16Array.of(128, 127, 255, 1, 254, 16, 0, 144)],
  'v128.load16x4_s': [v128.load16x4_s(source, 32), Int32Array.of(0x7f80, 0x1ff, 0x10fe, -0x7000)],
  'v128.load16x4_u': [v128.load16x4_u(source, 32), Int32Array.of(0x7f80, 0x1ff, 0x10fe, 0x9000)],
  'v128.load8_splat': [v128.load8_splat(source, 32), new Uint8Array(16).fill(128)],
  'v128.load16_splat': [v128.load16_splat(source, 32), new Uint16Array(8).fill(0x7f80)],
  'v128.load32_splat': [v128.load32_splat(source, 4), new Float32Array(4).fill(-2.25)],
  'v128.load64_splat': [v128.load64_splat(source, 16), new Float64Array(2).fill(0.1)],
  'v128.load32_zero': [v128.load32_zero(source), Float32Array.of(1.5, 0, 0, 0)],
  'v128.load64_zero': [v128.load64_zero(source), Float32Array.of(1.5, -2.25, 0, 0)],
  'v128.load8_lane': [
    v128.load8_lane(source, integers(0, 0, 0, 0), 5, 33),
    Int32Array.of(0, 0x7f00, 0, 0),
  ],
  'v128.load16_lane': [
    v128.load16_lane(source, integers(0, 0, 0, 0), 2, 32),
    Int32Array.of(0, 0x7f80, 0, 0),
  ],
  'v128.load32_lane': [
    v128.load32_lane(source, floats(1, 2, 3, 4), 3, 4),
    Float32Array.of(1, 2, 3, -2.25),
  ],
  'v128.load64_lane': [v128.load64_lane(source, doubles(1, 2), 1, 24), Float64Array.of(1, -7)],
  'v128.store': [v128.store(target - 16, a, 16), Float32Array.of(1, -2, NaN, 0)],
  'v128.store8_lane': [
    v128.store8_lane(target, integers(0x1234, 0, 0, 0), 1),
    Uint8Array.of(0x12, 0),
  ],
  'v128.store16_lane': [
    v128.store16_lane(target, integers(0, 0x1234, 0, 0), 2),
    Int32Array.of(0x1234),
  ],
  'v128.store32_lane': [v128.store32_lane(target, b, 2), Float32Array.of(5, 0)],
  'v128.store64_lane': [v128.store64_lane(target, b, 0), Float32Array.of(3, -2, 0)],
  'v128.const': [integers(1, 2, 3, 4), Int32Array.of(1, 2, 3, 4)],
  'v128.not': [v128.not(integers(0, -1, 1, 2)), Int32Array.of(-1, 0, -2, -3)],
  'v128.and': [v128.and(integers(12, 1, 0, -1), integers(10, 3, 5, 7)), Int32Array.of(8, 1, 0, 7)],
  'v128.andnot': [
    v128.andnot(integers(12, 1, 7, -1), integers(10, 3, 5, 7)),
    Int32Array.of(4, 0, 2, -8),
  ],
  'v128.or': [v128.or(integers(12, 1, 0, -1), integers(10, 2, 5, 7)), Int32Array.of(14, 3, 5, -1)],
  'v128.xor': [v128.xor(integers(12, 1, 0, -1), integers(10, 3, 5, 7)), Int32Array.of(6, 2, 5, -8)],
  'v128.bitselect': [
    v128.bitselect(integers(1, 2, 3, 4), integers(5, 6, 7, 8), integers(-1, 0, 1, 0)),
    Int32Array.of(1, 6, 7, 8),
  ],
  'v128.any_true': [v128.any_true(integers(0, 0, 4, 0)), 1],
  'f32x4.splat': [f32x4.splat(0.1), new Float32Array(4).fill(0.1)],
  'f32x4.extract_lane': [f32x4.extract_lane(b, 2), 5],
  'f32x4.replace_lane': [f32x4.replace_lane(b, 7, 1), Float32Array.of(3, 7, 5, -0)],
  'f32x4.eq': [f32x4.eq(a, b), mask(false, true, false, true)],
  'f32x4.ne': [f32x4.ne(a, b), mask(true, false, true, false)],
  'f32x4.lt': [f32x4.lt(a, b), mask(true, false, false, false)],
  'f32x4.gt': [f32x4.gt(b, a), mask(true, false, false, false)],
  'f32x4.le': [f32x4.le(a, b), mask(true, true, false, true)],
  'f32x4.ge': [f32x4.ge(a, b), mask(false, true, false, true)],
  'f32x4.demote_f64x2_zero': [
    f32x4.demote_f64x2_zero(doubles(0.1, -2)),
    Float32Array.of(0.1, -2, 0, 0),
  ],
  'f32x4.ceil': [f32x4.ceil(floats(1.5, -1.5, 0.2, 3)), Float32Array.of(2, -1, 1, 3)],
  'f32x4.floor': [f32x4.floor(floats(1.5, -1.5, 0.2, 3)), Float32Array.of(1, -2, 0, 3)],
  'f32x4.trunc': [f32x4.trunc(floats(1.5, -1.7, 0.2, 3)), Float32Array.of(1, -1, 0, 3)],
  'f32x4.nearest': [f32x4.nearest(floats(1.5, 2.5, -1.7, 3)), Float32Array.of(2, 2, -2, 3)],
  'f32x4.abs': [f32x4.abs(b), Float32Array.of(3, 2, 5, 0)],
  'f32x4.neg': [f32x4.neg(b), Float32Array.of(-3, 2, -5, 0)],
  'f32x4.sqrt': [f32x4.sqrt(floats(4, 2, 9, 0)), Float32Array.of(2, Math.SQRT2, 3, 0)],
  'f32x4.add': [f32x4.add(b, b), Float32Array.of(6, -4, 10, -0)],
  'f32x4.sub': [f32x4.sub(b, floats(1, 1, 1, 1)), Float32Array.of(2, -3, 4, -1)],
  'f32x4.mul': [f32x4.mul(b, b), Float32Array.of(9, 4, 25, 0)],
  'f32x4.div': [f32x4.div(b, floats(2, 4, 3, 1)), Float32Array.of(1.5, -0.5, 5 / 3, -0)],
  'f32x4.min': [f32x4.min(floats(1, 2, 0, -1), b), Float32Array.of(1, -2, 0, -1)],
  'f32x4.max': [f32x4.max(floats(1, 2, 0, 0), b), Float32Array.of(3, 2, 5, 0)],
  'f32x4.pmin': [f32x4.pmin(b, a), Float32Array.of(1, -2, 5, -0)],
  'f32x4.pmax': [f32x4.pmax(b, a), Float32Array.of(3, -2, 5, -0)],
  'f32x4.convert_i32x4_s': [
    f32x4.convert_i32x4_s(integers(-1, 2, 0, 1)),
    Float32Array.of(-1, 2, 0, 1),
  ],
  'f32x4.convert_i32x4_u': [
    f32x4.convert_i32x4_u(integers(-1, 2, 0, 1)),
    Float32Array.of(2 ** 32, 2, 0, 1),
  ],
  'f64x2.splat': [f64x2.splat(0.1), Float64Array.of(0.1, 0.1)],
  'f64x2.extract_lane': [f64x2.extract_lane(doubles(1, 0.1), 1), 0.1],
  'f64x2.replace_lane': [f64x2.replace_lane(doubles(1, 2), 0.1, 0), Float64Array.of(0.1, 2)],
  'f64x2.promote_low_f32x4': [f64x2.promote_low_f32x4(b), Float64Array.of(3, -2)],
  'f64x2.floor': [f64x2.floor(doubles(-1.5, 2.9)), Float64Array.of(-2, 2)],
  'f64x2.ge': [f64x2.ge(doubles(2, NaN), doubles(2, 1)), mask(true, true, false, false)],
  'f64x2.abs': [f64x2.abs(doubles(-1.5, 2)), Float64Array.of(1.5, 2)],
  'f64x2.add': [f64x2.add(doubles(0.1, 1), doubles(0.2, 2)), Float64Array.of(0.1 + 0.2, 3)],
  'f64x2.sub': [f64x2.sub(doubles(0.1, 1), doubles(0.2, 2)), Float64Array.of(-0.1, -1)],
  'f64x2.mul': [f64x2.mul(doubles(3, 1), doubles(-2, 2)), Float64Array.of(-6, 2)],
  'f64x2.div': [f64x2.div(doubles(3, 1), doubles(-2, 3)), Float64Array.of(-1.5, 1 / 3)],
  'f64x2.pmin': [f64x2.pmin(doubles(3, NaN), doubles(-2, 1)), Float64Array.of(-2, NaN)],
  'f64x2.pmax': [f64x2.pmax(doubles(3, NaN), doubles(-2, 1)), Float64Array.of(3, NaN)],
  'f64x2.convert_low_i32x4_s': [
    f64x2.convert_low_i32x4_s(integers(-1, 5, 0, 0)),
    Float64Array.of(-1, 5),
  ],
  'f64x2.convert_low_i32x4_u': [
    f64x2.convert_low_i32x4_u(integers(-1, 5, 0, 0)),
    Float64Array.of(2 ** 32 - 1, 5),
  ],
};

/** Relaxed SIMD, with operands for which one rounding and two give the same. */
export const relaxedSamples: Readonly<Record<string, Sample>> = {
  'f32x4.relaxed_madd': [
    f32x4.relaxed_madd(floats(2, 3, 4, 5), floats(1, 2, 3, 4), b),
    Float32Array.of(5, 4, 17, 20),
  ],
  'f32x4.relaxed_nmadd': [
    f32x4.relaxed_nmadd(floats(2, 3, 4, 5), floats(1, 2, 3, 4), b),
    Float32Array.of(1, -8, -7, -20),
  ],
};
