const bits = new Uint32Array(1);
const number = new Float32Array(bits.buffer);

/** Numbers of every sign and exponent, subnormals, NaN and infinities included: spread bit patterns. */
export function spread(count: number): Float32Array {
  return new Float32Array(
    Uint32Array.from({ length: count }, (_, index) => Math.imul(index, 0x9e3779b1)).buffer,
  );
}

/** Numbers from `least` to `greatest`, evenly spaced. */
export function between(least: number, greatest: number, count: number): Float32Array {
  const step = (greatest - least) / (count - 1);
  return Float32Array.from({ length: count }, (_, index) => least + index * step);
}

/**
 * How far a float32 result is from the exact value, in units of the last place that float32 has
 * there; ∞ counts as 2¹²⁸. ∞ where only one of them is NaN, only the exact value is infinite, or a
 * zero has the wrong sign.
 */
function ulpDistance(result: number, exact: number): number {
  const nearest = Math.fround(exact);
  if (Object.is(result, nearest) && !Number.isFinite(nearest)) return 0;
  if (Number.isNaN(result) || !Number.isFinite(exact)) return Infinity;
  if (nearest === 0 && result === 0 && !Object.is(result, nearest)) return Infinity;
  const finite = Math.min(Math.max(result, -(2 ** 128)), 2 ** 128);
  return Math.abs(finite - exact) / unitInLastPlace(exact);
}

/** The result that is furthest from the exact value. */
export function largestError(
  results: Float32Array,
  exact: (...operands: number[]) => number,
  ...operands: Float32Array[]
): { ulp: number; operands: number[]; result: number; exact: number } {
  let worst = { ulp: -1, operands: [0], result: 0, exact: 0 };
  results.forEach((result, index) => {
    const values = operands.map((operand) => operand[index]!);
    const ulp = ulpDistance(result, exact(...values));
    if (ulp > worst.ulp) worst = { ulp, operands: values, result, exact: exact(...values) };
  });
  return worst;
}

/** The distance of float32 numbers around `value`. */
function unitInLastPlace(value: number): number {
  number[0] = Math.abs(value);
  // The nearest number may have the next exponent already.
  if (number[0] > Math.abs(value)) bits[0]!--;
  const exponent = Math.max(bits[0]! >>> 23, 1);
  return 2 ** (exponent - 150);
}
