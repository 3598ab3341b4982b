import { isFloating, type DataType } from '@gradus/core';

/** Half the distance from 1 to the next number: the most that one rounding can be off, relatively. */
const unitRoundoff: Readonly<Partial<Record<DataType, number>>> = {
  float64: 2 ** -53,
  float32: 2 ** -24,
  float16: 2 ** -11,
};

/**
 * How far a result may be from the reference. An element may be off by `units` roundoffs of its
 * dtype times its scale. Integers and bool must be exact whatever the tolerance.
 */
export interface Tolerance {
  readonly units: number | Readonly<Partial<Record<DataType, number>>>;
  /**
   * What the units refer to: the expected element itself (when left out), the element or 1 if that
   * is more, or the largest magnitude of the tensor.
   */
  readonly scale?: 'atLeastOne' | 'largest';
}

/** Every bit. IEEE 754 rounds +, −, ×, comparisons and conversions correctly, and so must a backend. */
export const exact: Tolerance = { units: 0 };
/** Division and square root: 2.5 units in the last place, what WGSL asks of a GPU. */
export const nearlyExact: Tolerance = { units: 5 };
/** exp, log, tanh and their kind: 32 units in the last place, 4e-6 in float32. */
export const transcendental: Tolerance = { units: 64 };
/** The same where a function crosses zero away from the origin: no better than near 1. */
export const transcendentalNearZero: Tolerance = { units: 64, scale: 'atLeastOne' };
/** Compositions and gradients of short sums: 1e-5 of the largest magnitude in float32. */
export const composed: Tolerance = { units: 168, scale: 'largest' };
/** Golden numbers: 1e-5 of the largest magnitude in float32; their nine digits in float64. */
export const golden: Tolerance = {
  units: { float32: 1e-5 * 2 ** 24, float64: 1e-8 * 2 ** 53 },
  scale: 'largest',
};
/** Sums of a hundred or so golden inputs, of which nine digits are known too. */
export const goldenSum: Tolerance = {
  units: { float32: 1e-5 * 2 ** 24, float64: 1e-7 * 2 ** 53 },
  scale: 'largest',
};

/**
 * A sum of `count` terms, added in any order: the error of rounding after each grows with the root
 * of their number, in proportion to what does not cancel.
 */
export function ofSum(count: number): Tolerance {
  return { units: 4 * Math.sqrt(Math.max(count, 1)), scale: 'largest' };
}

/** How far element `position` may be off, in absolute terms. */
export function allowance(
  { units, scale }: Tolerance,
  dtype: DataType,
  expected: ArrayLike<number>,
): (position: number) => number {
  const count = typeof units === 'number' ? units : (units[dtype] ?? 0);
  const unit = count * (unitRoundoff[dtype] ?? 0);
  if (!isFloating(dtype) || unit === 0) return () => 0;
  const least = scale === 'largest' ? largestMagnitude(expected) : scale === 'atLeastOne' ? 1 : 0;
  return (position) => unit * Math.max(least, Math.abs(expected[position]!));
}

function largestMagnitude(values: ArrayLike<number>): number {
  let largest = 0;
  for (const value of Array.from(values)) {
    const magnitude = Math.abs(value);
    if (magnitude > largest && magnitude < Infinity) largest = magnitude;
  }
  return largest;
}
