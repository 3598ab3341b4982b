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

const leastNormal = 2 ** -126;

/** WGSL lets a device take subnormal numbers for zeros: what a number may be read as. */
function readings(value: number): number[] {
  return Math.abs(value) < leastNormal && value !== 0 ? [value, 0 * value] : [value];
}

/**
 * How far a float32 result is from an exact value, in units of the last place that float32 has
 * there; ∞ counts as 2¹²⁸, and what is off by a subnormal number is as good as exact.
 */
function ulpDistance(result: number, exact: number): number {
  const nearest = Math.fround(exact);
  if (Object.is(result, nearest)) return Number.isFinite(exact) ? rounding(result, exact) : 0;
  if (Number.isNaN(result) || !Number.isFinite(exact)) return Infinity;
  // Intermediate results, halves of results among them, may be taken for zeros too.
  if (Math.abs(result - exact) < 2 * leastNormal) return 0;
  return rounding(Math.min(Math.max(result, -(2 ** 128)), 2 ** 128), exact);
}

function rounding(result: number, exact: number): number {
  if (!Number.isFinite(result)) return 0;
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(exact), leastNormal)));
  return Math.abs(result - exact) / 2 ** (Math.min(exponent, 127) - 23);
}

/** The result that is furthest from the exact value, however subnormal operands are read. */
export function largestError(
  results: ArrayLike<number>,
  exact: (...operands: number[]) => number,
  ...operands: readonly ArrayLike<number>[]
): { ulp: number; operands: number[]; result: number } {
  let worst = { ulp: -1, operands: [0], result: 0 };
  Array.from(results).forEach((result, index) => {
    const values = operands.map((operand) => operand[index]!);
    const variants = values.reduce<number[][]>(
      (lists, value) => readings(value).flatMap((each) => lists.map((list) => [...list, each])),
      [[]],
    );
    const ulp = Math.min(...variants.map((variant) => ulpDistance(result, exact(...variant))));
    if (!(ulp <= worst.ulp)) worst = { ulp, operands: values, result };
  });
  return worst;
}

/** Zeros, ones, integers, halves, the ends of float32, infinities and NaN. */
export const specialNumbers = [
  ...[0, 1, 2, 3, 0.5, 1.5, 2.5, 7.25, 1e10, 1e30, 2 ** -126, Infinity].flatMap((x) => [x, -x]),
  ...[NaN, 2 ** -149, 0.1, 2 ** 24 - 1],
];

/** All pairs of some numbers, as two lists of operands. */
export function pairs(numbers: readonly number[]): [number[], number[]] {
  return [numbers.flatMap((x) => numbers.map(() => x)), numbers.flatMap(() => numbers)];
}
