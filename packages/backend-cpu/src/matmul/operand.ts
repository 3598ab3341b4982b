import type { NumberArray } from '../program/program.js';

/**
 * One side of a product, anything whose addresses are a sum: element `step` of a row of the left
 * side (of a column of the right side) lies at `offset + lines[row] + steps[step]`. Matrices with
 * strides are that, and so are the parts of images that a window sees.
 */
export interface Operand {
  readonly array: NumberArray;
  readonly offset: number;
  /** Where each row of the left side, each column of the right side begins. */
  readonly lines: Int32Array;
  /** How far from there the factors lie that are summed over. */
  readonly steps: Int32Array;
}

/** 0, stride, 2 · stride, … */
export function progression(length: number, stride: number): Int32Array {
  return Int32Array.from({ length }, (_, position) => position * stride);
}
