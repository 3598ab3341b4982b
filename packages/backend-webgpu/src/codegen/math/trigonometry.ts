import type { Helper } from '../helpers.js';
import { infinityBits, nanBits, polynomial, typesOf } from './float-function.js';

/** p in sin r = r·p(r²) for |r| ≤ π/4; error 4.0e-9 of sin r. */
const sineCoefficients = [1, -0.16666655, 0.008332189, -0.00019518285];

/** p in cos r = p(r²) for |r| ≤ π/4; error 1.2e-10 of cos r. */
const cosineCoefficients = [1, -0.5, 0.041666646, -0.001388731, 0.000024432327];

/** π/2 in three parts, the first two of 8 bits: n times those is exact for n below 2¹⁶. */
const halfPi = [1.5703125, 0.0004825592041015625, 0.0000012675908] as const;

/**
 * sin(x + turns·π/2) of x in radians and a `u32` of turns, 0 or 1; for |x| beyond 10⁵ only some
 * number from −1 to 1. The first bounds of the angle never matter up to there: they keep
 * compilers from subtracting all parts of π/2 at once.
 */
export const sineOf: Helper = {
  name: 'sineOf',
  write: (name, lanes) => {
    const { f, i } = typesOf(lanes);
    const [first, second, third] = halfPi;
    const cosine = polynomial('q', cosineCoefficients);
    return `fn ${name}(x: ${f}, turns: u32) -> ${f} {
let n = floor(x * ${2 / Math.PI} + 0.5);
let r = clamp(x - n * ${first}, ${f}(-40), ${f}(40)) - n * ${second} - n * ${third};
let a = clamp(r, ${f}(-0.8), ${f}(0.8));let q = a * a;
let k = ${i}(n) + i32(turns);let b = bitcast<${i}>(x);
let y = select(a * ${polynomial('q', sineCoefficients)}, ${cosine}, (k & ${i}(1)) != ${i}());
let nan = bitcast<${f}>(b | ${i}(${nanBits}));
return select(select(y, -y, (k & ${i}(2)) != ${i}()), nan, (b & ${i}(${infinityBits})) == ${i}(${infinityBits}));}`;
  },
};
