import {
  floatFunction,
  polynomial,
  powerOfTwo,
  unlessNan,
  withSign,
  type Types,
} from './float-function.js';

/** ln 2 in two parts, the first of 16 bits: its product with an integer below 256 is exact. */
export const ln2High = 0.693145751953125;
/** The other part. */
export const ln2Low = Math.LN2 - ln2High;

/** q in eʳ − 1 = r + r²·q(r) for |r| ≤ 0.347; error 1.5e-8 of eʳ − 1. */
const coefficients = [0.49999997, 0.16666539, 0.04166774, 0.008367048, 0.0013840209];

/** Makes of b: n and r with b = n·ln 2 + r and |r| ≤ 0.347, and p = eʳ − 1. */
const reduction =
  `let n = floor(b * ${Math.LOG2E} + 0.5);` +
  `let r = b - n * ${ln2High} - n * ${ln2Low};` +
  `let p = r + r * r * ${polynomial('r', coefficients)};`;

/** Makes scaled = x·2ᵏ with one rounding, for an integer `k` of WGSL from −252 to 254. */
export function timesPowerOfTwo(types: Types, x: string, k: string): string {
  const { i } = types;
  return (
    `let normal = clamp(${k}, ${i}(-126), ${i}(127));` +
    `let scaled = ${x} * ${powerOfTwo(types, 'normal')} * ${powerOfTwo(types, `(${k} - normal)`)};`
  );
}

/** eˣ. Beyond the bounds the result is 0 or ∞ as at them. */
export const exp = floatFunction(
  'exp',
  ['x'],
  (types) =>
    `let b = clamp(x, ${types.f}(-104), ${types.f}(89));${reduction}` +
    `let k = ${types.i}(n);${timesPowerOfTwo(types, '(p + 1)', 'k')}` +
    `return ${unlessNan(types, 'scaled')};`,
);

/** (eᵇ − 1) / 2 for −32 ≤ b ≤ 89: half, since eᵇ overflows in 2ⁿ·eʳ before it should. */
const halfExpm1 = floatFunction(
  'halfExpm1',
  ['b'],
  (types) =>
    `${reduction}let scale = ${powerOfTwo(types, `(${types.i}(n) - ${types.i}(1))`)};` +
    'return scale * p + (scale - 0.5);',
);

/** eˣ − 1. Sums lose the sign of −0. */
export const expm1 = floatFunction(
  'expm1',
  ['x'],
  (types) => {
    const { f, of } = types;
    return (
      `let half = ${of(halfExpm1)}(clamp(x, ${f}(-32), ${f}(89)));` +
      `return ${unlessNan(types, withSign(types, 'half + half'))};`
    );
  },
  [halfExpm1],
);

/** tanh x = h / (h + 1) with h = (e²ˣ − 1) / 2, which is accurate near 0 as well. */
export const tanh = floatFunction(
  'tanh',
  ['x'],
  (types) => {
    const { f, of } = types;
    // From 9.02 on the result is 1.
    return (
      `let half = ${of(halfExpm1)}(min(abs(x), ${f}(10)) * 2);` +
      `return ${unlessNan(types, withSign(types, 'half / (half + 1)'))};`
    );
  },
  [halfExpm1],
);

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = floatFunction(
  'sigmoid',
  ['x'],
  ({ of }) => `return 1 / (1 + ${of(exp)}(-x));`,
  [exp],
);
