import { einsum, type DataType } from '@gradus/core';
import type { BackendTests } from '../suite.js';
import { ofSum } from '../tolerances.js';

type Shapes = readonly (readonly number[])[];

/** Views, sums, diagonals, products element by element and as matrices, of two and of more. */
const cases: readonly (readonly [equation: string, ...shapes: Shapes])[] = [
  ['ij->ji', [3, 5]],
  ['ijk->k', [2, 3, 5]],
  ['ii', [5, 5]],
  ['iji->ij', [3, 2, 3]],
  ['...i->i...', [2, 3, 5]],
  ['i,i', [13], [13]],
  ['i,j->ji', [3], [5]],
  ['ij,j->i', [3, 5], [5]],
  ['ij,ij->j', [7, 3], [7, 3]],
  ['ij,jk', [7, 5], [5, 11]],
  ['ji,jk->ki', [7, 5], [7, 3]],
  ['bij,bkj->bik', [3, 5, 2], [3, 4, 2]],
  ['...ij,...jk->...ik', [2, 1, 3, 5], [3, 5, 2]],
  ['bqhd,bkhd->bhqk', [2, 3, 2, 5], [2, 4, 2, 5]],
  ['ijj,jk->ik', [2, 3, 3], [3, 5]],
  ['ij,jk,kl->il', [2, 9], [9, 3], [3, 7]],
  ['bi,ij,bj->b', [3, 2], [2, 5], [3, 5]],
  ['ij,jk->ik', [2, 0], [0, 3]],
  ['ij,kj->ik', [0, 3], [2, 3]],
];

/** Sums of products by equation, in every dtype that has sums and products. */
export function einsums(tests: BackendTests): void {
  for (const dtype of tests.dtypes((each: DataType) => each !== 'bool')) {
    for (const [equation, ...shapes] of cases) {
      tests.expression(
        `${equation} of ${shapes.map((shape) => `[${shape.join(', ')}]`).join(', ')} ${dtype}`,
        (inputs) => einsum(equation, ...shapes.map((shape) => inputs.tensor(shape, dtype))),
        // A product of three is rounded twice before it is added.
        { tolerance: ofSum(30), precision: 'float64' },
      );
    }
  }
}
