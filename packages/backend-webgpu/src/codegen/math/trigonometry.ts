import type { Helper } from '../helpers.js';
import { infinityBits, nanBits, polynomial } from './float-function.js';

/** p in sin r = r + r³·p(r²) for |r| ≤ π/4; error 4.0e-9 of sin r. */
const sineCoefficients = [-0.16666655, 0.008332189, -0.00019518285];

/** p in cos r = 1 + r²·p(r²) for |r| ≤ π/4; error 1.2e-10 of cos r. */
const cosineCoefficients = [1, -0.5, 0.041666646, -0.001388731, 0.000024432327];

/** 2/π in fixed point behind one word of zeros. */
const twoOverPi = [
  0, 0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab,
];

/**
 * sin(x + turns·π/2) for every x: the product of its mantissa and 96 bits of 2/π, from that bit on
 * whose product with it is below 4, leaves x's quadrant and 62 bits of the angle in it (Payne and
 * Hanek, "Radian reduction for trigonometric functions", 1983). In integers, since no compiler
 * rearranges those.
 */
function scalar(name: string): string {
  const part = (index: number): string =>
    `(parts[j + ${index}] << s) | ((parts[j + ${index + 1}] >> 1u) >> (31u - s))`;
  return `fn ${name}High(a: u32, b: u32) -> u32 {
let p = (a & 65535u) * (b & 65535u);let q = (a >> 16u) * (b & 65535u) + (p >> 16u);
let r = (a & 65535u) * (b >> 16u) + (q & 65535u);return (a >> 16u) * (b >> 16u) + (q >> 16u) + (r >> 16u);}
fn ${name}(x: f32, turns: u32) -> f32 {
let bits = bitcast<u32>(x);let m = bits & 0x7fffffffu;
if (m >= ${infinityBits}u) {return bitcast<f32>(bits | ${nanBits}u);}
var r = abs(x);var quadrant = turns;var sign = select(0u, bits, turns == 0u);
if (r > 0.78) {
var parts = array<u32, 8>(${twoOverPi.map((word) => `${word}u`).join()});
let start = (m >> 23u) - 120u;let j = start >> 5u;let s = start & 31u;
let a = (m & 0x7fffffu) | 0x800000u;let w = ${part(1)};let p = a * w;
let low = p + ${name}High(a, ${part(2)});
let high = a * (${part(0)}) + ${name}High(a, w) + select(0u, 1u, low < p);
let turn = (high + 0x20000000u) >> 30u;let rest = bitcast<i32>(high - (turn << 30u));
let flip = bitcast<u32>(rest >> 31u);quadrant += turn;
r = (f32(bitcast<u32>(rest) ^ flip) + f32(low ^ flip) * ${2 ** -32}) * ${(Math.PI / 2) * 2 ** -30};
if ((quadrant & 1u) == 0u) {sign ^= flip;}
}
sign ^= quadrant << 30u;let q = r * r;
let y = select(r + r * q * ${polynomial('q', sineCoefficients)}, ${polynomial('q', cosineCoefficients)}, (quadrant & 1u) == 1u);
return bitcast<f32>(bitcast<u32>(y) ^ (sign & 0x80000000u));}`;
}

/** sin(x + turns·π/2) of x in radians, lane by lane, and a `u32` of turns, 0 or 1. */
export const sineOf: Helper = {
  name: 'sineOf',
  write: (name, lanes) => {
    if (lanes === 1) return scalar(name);
    const each = `${name}Lane`;
    // A loop, since compilers write the function once for every call.
    return `${scalar(each)}
fn ${name}(x: vec4<f32>, turns: u32) -> vec4<f32> {
var y = x;for (var i = 0; i < 4; i++) {y[i] = ${each}(x[i], turns);}return y;}`;
  },
};
