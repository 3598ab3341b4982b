import { timesPowerOfTwo } from './exponential.js';
import {
  floatFunction,
  infinityBits,
  isNan,
  leastNormalBits,
  nanBits,
  polynomial,
} from './float-function.js';
import { split } from './logarithm.js';

/**
 * log₂((1 + s) / (1 − s)) = 2/ln 2·s + s³·p(s²) for mantissas (1 + s) / (1 − s) from √½ to √2. The
 * first factor is in two parts, one of 12 bits.
 */
const factor = [2.884765625, 2.8853900817779268 - 2.884765625] as const;
const logarithmCoefficients = [0.9617967, 0.5770836, 0.4116727, 0.34073023];

/** 2ʳ for |r| ≤ ½; error 4.7e-11 of 2ʳ. */
const powerCoefficients = [
  1, 0.6931472, 0.2402265, 0.055504102, 0.009618038, 0.0013333936, 0.00015466781, 1.5196134e-5,
];

/**
 * xʸ, by 2^(y·log₂ x) of numbers in two parts, the first of which has 12 bits, so that their
 * products are exact. As IEEE 754 has it: 1 if x is 1 or y is 0, NaN or not, and of −1 to ±∞; NaN for
 * other negative finite x unless y is an integer.
 */
export const pow = floatFunction('pow', ['base', 'y'], (types) => {
  const { f, i, u } = types;
  const leading = (x: string): string => `bitcast<${f}>(bitcast<${u}>(${x}) & ${u}(0xfffff000))`;
  return `
let x = abs(base);let m = bitcast<${i}>(x);${split(types)}
let d = f + 2;let sh = ${leading('f / d')};let fh = ${leading('f')};
let sl = (f - sh * 2 - sh * fh - sh * (f - fh)) / d;let s = sh + sl;let q = s * s;
let h = sh * ${factor[0]};
let l = sh * ${factor[1]} + sl * ${factor[0] + factor[1]} + s * q * ${polynomial('q', logarithmCoefficients)};
let a = ${leading('(n + (h + l))')};let b = n - a + h + l;
let e = clamp(y, ${f}(-1e12), ${f}(1e12));let eh = ${leading('e')};
let p = clamp(eh * a, ${f}(-200), ${f}(200));
let t = clamp((e - eh) * a + e * b, ${f}(-1), ${f}(1));
let z = floor(p + t + 0.5);let r = p - z + t;let k = ${i}(z);
${timesPowerOfTwo(types, polynomial('r', powerCoefficients), 'k')}
let whole = trunc(y) == y;let odd = whole & (trunc(y * 0.5) != y * 0.5);
let limit = bitcast<${f}>(select(${i}(0), ${i}(${infinityBits}), (m >= ${i}(${infinityBits})) == (y > ${f}(0))));
let g = select(scaled, limit, (m < ${i}(${leastNormalBits})) | (m == ${i}(${infinityBits})));
let signed = bitcast<${f}>(bitcast<${u}>(g) | (bitcast<${u}>(base) & select(${u}(0), ${u}(0x80000000), odd)));
let undefined = ((base < ${f}(0)) & (m < ${i}(${infinityBits})) & !whole & (abs(y) < ${f}(1e30))) | ${isNan(types, 'base', 'y')};
let v = select(signed, bitcast<${f}>(m | ${i}(${nanBits})), undefined);
return select(v, ${f}(1), (base == ${f}(1)) | (y == ${f}(0)));`;
});
