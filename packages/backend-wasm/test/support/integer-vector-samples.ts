import { i16x8, i32x4, i8x16, v128, type Expression } from '../../src/assembler/index.js';
import type { Sample } from './samples.js';

/** Sixteen bytes, the rest of which are 0. */
const bytes = (...values: number[]): Expression<'v128'> =>
  v128.const(fill(new Int8Array(16), values));
const shorts = (...values: number[]): Expression<'v128'> =>
  v128.const(fill(new Int16Array(8), values));
const words = (...values: number[]): Expression<'v128'> =>
  v128.const(fill(new Int32Array(4), values));

function fill<Lanes extends Int8Array | Int16Array | Int32Array>(
  lanes: Lanes,
  values: number[],
): Lanes {
  lanes.set(values);
  return lanes;
}

const i8 = (...values: number[]): Int8Array => Int8Array.from(values);
const i16 = (...values: number[]): Int16Array => Int16Array.from(values);
const i32s = (...values: number[]): Int32Array => Int32Array.from(values);

const evens = [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30];
const counting = bytes(...Array.from({ length: 16 }, (_, i) => i));

/** Every instruction of `i8x16`, `i16x8` and `i32x4`. */
export const integerVectorSamples: Readonly<Record<string, Sample>> = {
  'i8x16.shuffle': [
    i8x16.shuffle(counting, bytes(9, 8, 7), evens),
    i8(0, 2, 4, 6, 8, 10, 12, 14, 9, 7, 0, 0),
  ],
  'i8x16.swizzle': [i8x16.swizzle(counting, bytes(15, 3, 16, -1)), i8(15, 3, 0, 0, 0)],
  'i8x16.splat': [i8x16.splat(-2), new Int8Array(16).fill(-2)],
  'i8x16.extract_lane_s': [i8x16.extract_lane_s(bytes(0, -1), 1), -1],
  'i8x16.extract_lane_u': [i8x16.extract_lane_u(bytes(0, -1), 1), 255],
  'i8x16.replace_lane': [i8x16.replace_lane(bytes(1, 2, 3), 9, 1), i8(1, 9, 3)],
  'i8x16.eq': [i8x16.eq(bytes(1, -1), bytes(1, 1)), i8(-1, 0, -1)],
  'i8x16.ne': [i8x16.ne(bytes(1, -1), bytes(1, 1)), i8(0, -1, 0)],
  'i8x16.lt_s': [i8x16.lt_s(bytes(1, -1), bytes(1, 1)), i8(0, -1, 0)],
  'i8x16.lt_u': [i8x16.lt_u(bytes(0, -1), bytes(1, 1)), i8(-1, 0, 0)],
  'i8x16.abs': [i8x16.abs(bytes(-3, 3)), i8(3, 3, 0)],
  'i8x16.neg': [i8x16.neg(bytes(-3, 3)), i8(3, -3, 0)],
  'i8x16.all_true': [i8x16.all_true(bytes(1, 1)), 0],
  'i8x16.bitmask': [i8x16.bitmask(bytes(-1, 1, -5)), 5],
  'i8x16.narrow_i16x8_s': [
    i8x16.narrow_i16x8_s(shorts(300, -300), shorts(5)),
    i8(127, -128, 0, 0, 0, 0, 0, 0, 5),
  ],
  'i8x16.narrow_i16x8_u': [
    i8x16.narrow_i16x8_u(shorts(300, -300), shorts(5)),
    i8(-1, 0, 0, 0, 0, 0, 0, 0, 5),
  ],
  'i8x16.shl': [i8x16.shl(bytes(1, -1), 7), i8(-128, -128, 0)],
  'i8x16.shr_s': [i8x16.shr_s(bytes(-128, 64), 6), i8(-2, 1, 0)],
  'i8x16.shr_u': [i8x16.shr_u(bytes(-128, 64), 6), i8(2, 1, 0)],
  'i8x16.add': [i8x16.add(bytes(127, 1), bytes(1, 2)), i8(-128, 3)],
  'i8x16.sub': [i8x16.sub(bytes(-128, 1), bytes(1, 2)), i8(127, -1)],
  'i8x16.min_s': [i8x16.min_s(bytes(-1, 1), bytes(1, 2)), i8(-1, 1)],
  'i8x16.min_u': [i8x16.min_u(bytes(-1, 1), bytes(1, 2)), i8(1, 1)],
  'i8x16.max_s': [i8x16.max_s(bytes(-1, 1), bytes(1, 2)), i8(1, 2)],
  'i8x16.max_u': [i8x16.max_u(bytes(-1, 1), bytes(1, 2)), i8(-1, 2)],
  'i16x8.splat': [i16x8.splat(-2), new Int16Array(8).fill(-2)],
  'i16x8.extract_lane_s': [i16x8.extract_lane_s(shorts(0, -1), 1), -1],
  'i16x8.extract_lane_u': [i16x8.extract_lane_u(shorts(0, -1), 1), 65535],
  'i16x8.replace_lane': [i16x8.replace_lane(shorts(1, 2, 3), 9, 1), i16(1, 9, 3)],
  'i16x8.narrow_i32x4_s': [
    i16x8.narrow_i32x4_s(words(70000, -70000), words(5)),
    i16(32767, -32768, 0, 0, 5),
  ],
  'i16x8.narrow_i32x4_u': [
    i16x8.narrow_i32x4_u(words(70000, -70000), words(5)),
    i16(-1, 0, 0, 0, 5),
  ],
  'i16x8.extend_low_i8x16_s': [i16x8.extend_low_i8x16_s(bytes(-1, 2)), i16(-1, 2, 0)],
  'i16x8.extend_high_i8x16_s': [i16x8.extend_high_i8x16_s(counting), i16(8, 9, 10)],
  'i16x8.extend_low_i8x16_u': [i16x8.extend_low_i8x16_u(bytes(-1, 2)), i16(255, 2, 0)],
  'i16x8.extend_high_i8x16_u': [i16x8.extend_high_i8x16_u(counting), i16(8, 9, 10)],
  'i16x8.shl': [i16x8.shl(shorts(1, -1), 15), i16(-32768, -32768, 0)],
  'i16x8.shr_s': [i16x8.shr_s(shorts(-32768, 64), 6), i16(-512, 1, 0)],
  'i16x8.shr_u': [i16x8.shr_u(shorts(-32768, 64), 6), i16(512, 1, 0)],
  'i16x8.add': [i16x8.add(shorts(32767, 1), shorts(1, 2)), i16(-32768, 3)],
  'i16x8.sub': [i16x8.sub(shorts(-32768, 1), shorts(1, 2)), i16(32767, -1)],
  'i16x8.mul': [i16x8.mul(shorts(300, -3), shorts(300, 2)), i16(24464, -6)],
  'i32x4.splat': [i32x4.splat(-2), i32s(-2, -2, -2, -2)],
  'i32x4.extract_lane': [i32x4.extract_lane(words(0, -1), 1), -1],
  'i32x4.replace_lane': [i32x4.replace_lane(words(1, 2, 3), 9, 1), i32s(1, 9, 3, 0)],
  'i32x4.eq': [i32x4.eq(words(1, -1), words(1, 1)), i32s(-1, 0, -1, -1)],
  'i32x4.ne': [i32x4.ne(words(1, -1), words(1, 1)), i32s(0, -1, 0, 0)],
  'i32x4.lt_s': [i32x4.lt_s(words(1, -1), words(1, 1)), i32s(0, -1, 0, 0)],
  'i32x4.lt_u': [i32x4.lt_u(words(0, -1), words(1, 1)), i32s(-1, 0, 0, 0)],
  'i32x4.gt_s': [i32x4.gt_s(words(1, -1), words(1, 1)), i32s(0, 0, 0, 0)],
  'i32x4.gt_u': [i32x4.gt_u(words(0, -1), words(1, 1)), i32s(0, -1, 0, 0)],
  'i32x4.le_s': [i32x4.le_s(words(2, -1), words(1, 1)), i32s(0, -1, -1, -1)],
  'i32x4.le_u': [i32x4.le_u(words(1, -1), words(1, 1)), i32s(-1, 0, -1, -1)],
  'i32x4.ge_s': [i32x4.ge_s(words(1, -1), words(1, 1)), i32s(-1, 0, -1, -1)],
  'i32x4.ge_u': [i32x4.ge_u(words(0, -1), words(1, 1)), i32s(0, -1, -1, -1)],
  'i32x4.abs': [i32x4.abs(words(-3, 3)), i32s(3, 3, 0, 0)],
  'i32x4.neg': [i32x4.neg(words(-3, 3)), i32s(3, -3, 0, 0)],
  'i32x4.all_true': [i32x4.all_true(words(1, 2, 3, 4)), 1],
  'i32x4.bitmask': [i32x4.bitmask(words(-1, 1, -5)), 5],
  'i32x4.extend_low_i16x8_s': [i32x4.extend_low_i16x8_s(shorts(-1, 2)), i32s(-1, 2, 0, 0)],
  'i32x4.extend_high_i16x8_s': [i32x4.extend_high_i16x8_s(shorts(0, 0, 0, 0, -1)), i32s(-1, 0)],
  'i32x4.extend_low_i16x8_u': [i32x4.extend_low_i16x8_u(shorts(-1, 2)), i32s(65535, 2, 0, 0)],
  'i32x4.extend_high_i16x8_u': [i32x4.extend_high_i16x8_u(shorts(0, 0, 0, 0, -1)), i32s(65535, 0)],
  'i32x4.shl': [i32x4.shl(words(1, -1), 31), i32s(-(2 ** 31), -(2 ** 31), 0)],
  'i32x4.shr_s': [i32x4.shr_s(words(-64, 64), 6), i32s(-1, 1, 0)],
  'i32x4.shr_u': [i32x4.shr_u(words(-1, 64), 6), i32s(2 ** 26 - 1, 1, 0)],
  'i32x4.add': [i32x4.add(words(2 ** 31 - 1, 1), words(1, 2)), i32s(-(2 ** 31), 3)],
  'i32x4.sub': [i32x4.sub(words(3, 1), words(1, 2)), i32s(2, -1)],
  'i32x4.mul': [i32x4.mul(words(70000, -3), words(70000, 2)), i32s(4900000000 - 2 ** 32, -6)],
  'i32x4.min_s': [i32x4.min_s(words(-1, 1), words(1, 2)), i32s(-1, 1)],
  'i32x4.min_u': [i32x4.min_u(words(-1, 1), words(1, 2)), i32s(1, 1)],
  'i32x4.max_s': [i32x4.max_s(words(-1, 1), words(1, 2)), i32s(1, 2)],
  'i32x4.max_u': [i32x4.max_u(words(-1, 1), words(1, 2)), i32s(-1, 2)],
  'i32x4.trunc_sat_f32x4_s': [
    i32x4.trunc_sat_f32x4_s(v128.const(Float32Array.of(-1.9, 3e10, NaN, 2.5))),
    i32s(-1, 2 ** 31 - 1, 0, 2),
  ],
  'i32x4.trunc_sat_f32x4_u': [
    i32x4.trunc_sat_f32x4_u(v128.const(Float32Array.of(-1.9, 3e9, NaN, 2.5))),
    i32s(0, 3e9 - 2 ** 32, 0, 2),
  ],
};
