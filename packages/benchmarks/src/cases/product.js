import { uniform } from './numbers.js';

/**
 * A chain of matrix products, ((a · b) · b) · b …, in one plan where a contestant has plans: what
 * products cost inside of a larger computation.
 *
 * @typedef {object} Product
 * @property {string} name Shown in tables.
 * @property {'product'} kind
 * @property {number} rows Of a.
 * @property {number} size Rows and columns of b.
 * @property {number} length How many products.
 */

/**
 * The chain of square products.
 *
 * @param {number} size Rows and columns of both operands.
 * @param {number} length How many products.
 * @returns {Product} Plain data.
 */
export function productOf(size, length) {
  return { name: `matmul-${size}`, kind: 'product', rows: size, size, length };
}

/**
 * Operands that no other round has. The products of the chain stay about as large as a.
 *
 * @param {Product} product How large they are.
 * @param {number} round Which.
 */
export function operands({ rows, size }, round) {
  const bound = Math.sqrt(3 / size);
  return {
    left: uniform(rows * size, 2 * round, -1, 1),
    right: uniform(size * size, 2 * round + 1, -bound, bound),
  };
}

/** How many multiplications and additions the chain takes. */
export function operationsOf(/** @type {Product} */ { rows, size, length }) {
  return 2 * rows * size * size * length;
}
