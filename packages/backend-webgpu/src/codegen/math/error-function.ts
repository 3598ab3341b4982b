import { floatFunction, polynomial, unlessNan, withSign } from './float-function.js';

/** Where the approximation changes. */
const middle = 0.9375;

/** p in erf x = x + x·p(x²) for |x| ≤ 15/16; error 2.0e-8 of erf x. */
const nearCoefficients = [
  0.12837915, -0.3761248, 0.11281618, -0.026758565, 0.0049806875, -0.0005925125,
];

/**
 * p in erf x = 1 − p(x)⁻⁸ for 15/16 ≤ x ≤ 3.95, the form of Abramowitz & Stegun 7.1.28; error 1.6e-8
 * of erf x. Beyond, p grows on and the result is 1.
 */
const farCoefficients = [
  0.997578, 0.15413827, 0.059345484, 0.063137196, -0.0263704, 0.015288223, -0.0035064544,
  0.00050177146,
];

/** erf x = 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf = floatFunction('erf', ['x'], (types) => {
  const { f } = types;
  return (
    `let m = min(abs(x), ${f}(5));let q = m * m;` +
    `let near = m + m * ${polynomial('q', nearCoefficients)};` +
    `let p = ${polynomial('m', farCoefficients)};let p2 = p * p;let p4 = p2 * p2;` +
    `let y = select(1 - 1 / (p4 * p4), near, m < ${f}(${middle}));` +
    `return ${unlessNan(types, withSign(types, 'y'))};`
  );
});
