import type { DataType } from '@gradus/core/backend';
import type { Block } from '../block.js';
import type { Evaluator } from '../evaluator.js';
import type { Shader } from '../shader.js';

/** Loads the element at a depth (an i32 name) of one row of the left matrix, or column of the right. */
export type LoadAtDepth = (block: Block, depth: string) => string;

/** A matrix of a product, which may be made up while it is read. */
export interface ProductOperand {
  /** Whether elements next to each other along the depth, rather than across, are so in memory. */
  readonly alongDepth: boolean;
  /**
   * Computes what follows from the row (of the right matrix: the column) alone, in front of the loop
   * over the depth. Positions beyond the matrix must be harmless; what is loaded there is not used.
   */
  across(shader: Shader, block: Block, batch: string, position: string): LoadAtDepth;
}

/** Left · right, and what becomes of it. */
export interface Product {
  readonly name: string;
  readonly dtype: DataType;
  readonly batches: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly left: ProductOperand;
  readonly right: ProductOperand;
  /** How many axes the outputs have. */
  readonly rank: number;
  /** Stores the outputs of one element of the product (`value`), in the innermost block. */
  store(evaluator: Evaluator, shader: Shader, element: ProductElement): void;
}

/** An element of a product; i32 names, and the name of its value. */
export interface ProductElement {
  readonly batch: string;
  readonly row: string;
  readonly column: string;
  readonly value: string;
}
