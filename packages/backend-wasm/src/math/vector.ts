import { f32x4, i32x4, v128, type Expression, type FunctionBody } from '../assembler/index.js';
import type { MultiplyAdd } from '../multiply-add.js';

/** Four float32 numbers, or four masks or integers of 32 bits. */
export type Vector = Expression<'v128'>;

/** Where a function is written, and how it multiplies and adds. */
export interface VectorContext {
  readonly body: Pick<FunctionBody, 'let' | 'set' | 'while'>;
  readonly multiplyAdd: MultiplyAdd;
}

/**
 * Writes what computes a function of four float32 numbers into the body. The value is an expression
 * that the caller puts into a local if it is needed more than once.
 */
export type VectorFunction = (context: VectorContext, ...operands: Vector[]) => Vector;

/** ln 2 in two parts, the first of 16 bits: its product with an integer below 256 is exact. */
export const ln2High = 0.693145751953125;
/** The other part. */
export const ln2Low = Math.LN2 - ln2High;

/** A number in all four lanes. */
export function float(value: number): Vector {
  return f32x4.splat(value);
}

/** 32 bits in all four lanes. */
export function bits(value: number): Vector {
  return i32x4.splat(value);
}

/** The sign bits of four numbers. */
export function signOf(x: Vector): Vector {
  return v128.and(x, bits(0x80000000));
}

/**
 * c₀ + c₁x + c₂x² + … for a local `x`, by Horner's scheme.
 *
 * Coefficients in this folder are minimax: Remez exchange in 50 digits for the greatest error
 * relative to the function, then rounded one by one from c₀ on, the others being fitted again after
 * each. The errors beside them are those after rounding, without that of the arithmetic.
 */
export function polynomial(
  multiplyAdd: MultiplyAdd,
  x: Vector,
  coefficients: readonly Vector[],
): Vector {
  return coefficients.reduceRight((sum, coefficient) => multiplyAdd(sum, x, coefficient));
}
