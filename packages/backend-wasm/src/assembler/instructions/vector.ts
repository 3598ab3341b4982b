import { namespace } from '../instruction.js';

/** 128 bits, whatever is in them. */
export const v128 = namespace('v128', {
  load: [0xfd0000, 'i32 -> v128', 'memory16'],
  load8x8_s: [0xfd0001, 'i32 -> v128', 'memory8'],
  load8x8_u: [0xfd0002, 'i32 -> v128', 'memory8'],
  load16x4_s: [0xfd0003, 'i32 -> v128', 'memory8'],
  load16x4_u: [0xfd0004, 'i32 -> v128', 'memory8'],
  load8_splat: [0xfd0007, 'i32 -> v128', 'memory1'],
  load16_splat: [0xfd0008, 'i32 -> v128', 'memory2'],
  load32_splat: [0xfd0009, 'i32 -> v128', 'memory4'],
  load64_splat: [0xfd000a, 'i32 -> v128', 'memory8'],
  store: [0xfd000b, 'i32 v128 ->', 'memory16'],
  const: [0xfd000c, '-> v128', 'v128'],
  not: [0xfd004d, 'v128 -> v128'],
  and: [0xfd004e, 'v128 v128 -> v128'],
  /** `a and not b`. */
  andnot: [0xfd004f, 'v128 v128 -> v128'],
  or: [0xfd0050, 'v128 v128 -> v128'],
  xor: [0xfd0051, 'v128 v128 -> v128'],
  /** `bitselect(a, b, mask)`: bits of `a` where the mask has ones, of `b` elsewhere. */
  bitselect: [0xfd0052, 'v128 v128 v128 -> v128'],
  any_true: [0xfd0053, 'v128 -> i32'],
  load8_lane: [0xfd0054, 'i32 v128 -> v128', 'memory1', 'lane16'],
  load16_lane: [0xfd0055, 'i32 v128 -> v128', 'memory2', 'lane8'],
  load32_lane: [0xfd0056, 'i32 v128 -> v128', 'memory4', 'lane4'],
  load64_lane: [0xfd0057, 'i32 v128 -> v128', 'memory8', 'lane2'],
  store8_lane: [0xfd0058, 'i32 v128 ->', 'memory1', 'lane16'],
  store16_lane: [0xfd0059, 'i32 v128 ->', 'memory2', 'lane8'],
  store32_lane: [0xfd005a, 'i32 v128 ->', 'memory4', 'lane4'],
  store64_lane: [0xfd005b, 'i32 v128 ->', 'memory8', 'lane2'],
  load32_zero: [0xfd005c, 'i32 -> v128', 'memory4'],
  load64_zero: [0xfd005d, 'i32 -> v128', 'memory8'],
});

/** Four single-precision numbers. */
export const f32x4 = namespace('f32x4', {
  splat: [0xfd0013, 'f32 -> v128'],
  extract_lane: [0xfd001f, 'v128 -> f32', 'lane4'],
  replace_lane: [0xfd0020, 'v128 f32 -> v128', 'lane4'],
  eq: [0xfd0041, 'v128 v128 -> v128'],
  ne: [0xfd0042, 'v128 v128 -> v128'],
  lt: [0xfd0043, 'v128 v128 -> v128'],
  gt: [0xfd0044, 'v128 v128 -> v128'],
  le: [0xfd0045, 'v128 v128 -> v128'],
  ge: [0xfd0046, 'v128 v128 -> v128'],
  demote_f64x2_zero: [0xfd005e, 'v128 -> v128'],
  ceil: [0xfd0067, 'v128 -> v128'],
  floor: [0xfd0068, 'v128 -> v128'],
  trunc: [0xfd0069, 'v128 -> v128'],
  nearest: [0xfd006a, 'v128 -> v128'],
  abs: [0xfd00e0, 'v128 -> v128'],
  neg: [0xfd00e1, 'v128 -> v128'],
  sqrt: [0xfd00e3, 'v128 -> v128'],
  add: [0xfd00e4, 'v128 v128 -> v128'],
  sub: [0xfd00e5, 'v128 v128 -> v128'],
  mul: [0xfd00e6, 'v128 v128 -> v128'],
  div: [0xfd00e7, 'v128 v128 -> v128'],
  /** NaN if either is. */
  min: [0xfd00e8, 'v128 v128 -> v128'],
  max: [0xfd00e9, 'v128 v128 -> v128'],
  /** `b < a ? b : a`. */
  pmin: [0xfd00ea, 'v128 v128 -> v128'],
  /** `a < b ? b : a`. */
  pmax: [0xfd00eb, 'v128 v128 -> v128'],
  convert_i32x4_s: [0xfd00fa, 'v128 -> v128'],
  convert_i32x4_u: [0xfd00fb, 'v128 -> v128'],
  /** `a·b + c`, rounded once where the machine can: relaxed SIMD, which not every engine has. */
  relaxed_madd: [0xfd0105, 'v128 v128 v128 -> v128'],
  /** `−a·b + c`. */
  relaxed_nmadd: [0xfd0106, 'v128 v128 v128 -> v128'],
});

/** Two double-precision numbers. */
export const f64x2 = namespace('f64x2', {
  splat: [0xfd0014, 'f64 -> v128'],
  extract_lane: [0xfd0021, 'v128 -> f64', 'lane2'],
  replace_lane: [0xfd0022, 'v128 f64 -> v128', 'lane2'],
  promote_low_f32x4: [0xfd005f, 'v128 -> v128'],
  floor: [0xfd0075, 'v128 -> v128'],
  ge: [0xfd004c, 'v128 v128 -> v128'],
  abs: [0xfd00ec, 'v128 -> v128'],
  add: [0xfd00f0, 'v128 v128 -> v128'],
  sub: [0xfd00f1, 'v128 v128 -> v128'],
  mul: [0xfd00f2, 'v128 v128 -> v128'],
  div: [0xfd00f3, 'v128 v128 -> v128'],
  /** `b < a ? b : a`. */
  pmin: [0xfd00f6, 'v128 v128 -> v128'],
  /** `a < b ? b : a`. */
  pmax: [0xfd00f7, 'v128 v128 -> v128'],
  convert_low_i32x4_s: [0xfd00fe, 'v128 -> v128'],
  convert_low_i32x4_u: [0xfd00ff, 'v128 -> v128'],
});
