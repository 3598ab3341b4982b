import { ln2High, ln2Low } from './exponential.js';
import {
  floatFunction,
  infinityBits,
  leastNormalBits,
  nanBits,
  polynomial,
  type Types,
} from './float-function.js';

/**
 * p in ln((1 + s) / (1 − s)) = 2s + s³·p(s²) for mantissas (1 + s) / (1 − s) from √½ to √2; error
 * 8.1e-10 of the logarithm.
 */
const coefficients = [0.66666776, 0.39977586, 0.29870695];

/** The bits of √½. */
const rootHalf = 0x3f3504f3;

/** Makes of a normal x > 0: f and n with x = (1 + f)·2ⁿ and 1 + f from √½ to √2. */
export function split({ f, i }: Types): string {
  return (
    `let offset = bitcast<${i}>(x) - ${i}(${rootHalf});` +
    `let n = ${f}(offset & ${i}(${-(2 ** 23)})) * ${2 ** -23};` +
    `let f = bitcast<${f}>((offset & ${i}(0x7fffff)) + ${i}(${rootHalf})) - 1;`
  );
}

/** ln(1 + f) for 1 + f from √½ to √2. 2s = f − f·s keeps f, which is exact. */
const mantissaLog = floatFunction(
  'mantissaLog',
  ['f'],
  () =>
    'let s = f / (f + 2);let q = s * s;' +
    `return f - s * (f - q * ${polynomial('q', coefficients)});`,
);

/** ln x; −∞ for ±0 and subnormal numbers, NaN for negative ones. */
export const log = floatFunction(
  'log',
  ['x'],
  (types) => {
    const { f, i, of } = types;
    const special = `bitcast<${f}>(select(${i}(${nanBits}), ${i}(-8388608), (b & ${i}(0x7fffffff)) < ${i}(${leastNormalBits})))`;
    return (
      `${split(types)}let b = bitcast<${i}>(x);` +
      `let y = n * ${ln2High} + (n * ${ln2Low} + ${of(mantissaLog)}(f));` +
      `return select(select(y, ${special}, b < ${i}(${leastNormalBits})), x, b >= ${i}(${infinityBits}));`
    );
  },
  [mantissaLog],
);

/** ln(1 + x). Near 0 it needs no sum, whose rounding elsewhere moves it by an ulp or two. */
export const log1p = floatFunction(
  'log1p',
  ['x'],
  ({ f, of }) =>
    `let near = (x > ${f}(-0.29)) & (x < ${f}(0.41));` +
    `return select(${of(log)}(x + 1), ${of(mantissaLog)}(x), near);`,
  [mantissaLog, log],
);
