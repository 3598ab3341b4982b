import type { DataType } from '@gradus/core/backend';
import type { Block } from '../block.js';
import type { Evaluator } from '../evaluator.js';
import type { Shader } from '../shader.js';
import type { Lanes } from '../types.js';

/**
 * Loads the element at a depth (an i32 expression) of one row of the left matrix, or column of the
 * right; four of them if the operand has four lanes. Depths beyond the product must be harmless.
 */
export type LoadAtDepth = (block: Block, depth: string) => string;

/** A matrix of a product, which may be made up while it is read. */
export interface ProductOperand {
  /** Whether elements next to each other along the depth, rather than across, are so in memory. */
  readonly alongDepth: boolean;
  /**
   * How many of those neighbours a load gives: one if not said, or four from a multiple of four on,
   * which along the depth needs a depth that is made of fours.
   */
  readonly lanes?: Lanes;
  /** Whether an element is so easy to find that several invocations may as well each do so. */
  readonly strided?: boolean;
  /**
   * Computes what follows from the row (of the right matrix: the column) alone, in front of the loop
   * over the depth. Positions beyond the matrix must be harmless; what is loaded there is not used.
   */
  across(shader: Shader, block: Block, batch: string, position: string): LoadAtDepth;
}

/** Left · right, and what becomes of it. */
export interface Product {
  readonly name: string;
  /** Sums of float16 are kept in float32 until they are stored. */
  readonly dtype: DataType;
  readonly batches: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly left: ProductOperand;
  readonly right: ProductOperand;
  /** How many axes the outputs have. */
  readonly rank: number;
  /**
   * How many elements side by side in a row `store` is given: one if not said, or four from a column
   * on that is a multiple of four. Rows are then made of fours.
   */
  readonly lanes?: Lanes;
  /** Stores the outputs of an element of the product, in the innermost block. */
  store(evaluator: Evaluator, shader: Shader, element: ProductElement): void;
}

/** An element of a product, or the first of four; i32 names, and the name of the value. */
interface ProductElement {
  readonly batch: string;
  readonly row: string;
  readonly column: string;
  /** In as many lanes as the product has. */
  readonly value: string;
}
