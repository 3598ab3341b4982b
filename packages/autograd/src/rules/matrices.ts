import { isPrimitive, Tensor } from '@gradus/core';

/** Every matrix of the batch transposed. */
export function transposed(x: Tensor): Tensor {
  return x.transpose(matrixTransposition(x.rank));
}

/**
 * A gradient with its axes permuted. One that is a product and would be transposed is multiplied
 * the other way round, (A B)ᵀ = Bᵀ Aᵀ: then its kernel writes the layout that is wanted, and what
 * follows (an optimiser's update of the weight of x Wᵀ) becomes its epilogue.
 */
export function permuted(gradient: Tensor, permutation: readonly number[]): Tensor {
  const { node } = gradient;
  const swapped = matrixTransposition(gradient.rank);
  const transposes = permutation.every((axis, position) => axis === swapped[position]);
  if (!transposes || !isPrimitive(node, 'matMul') || node.isLeaf) {
    return gradient.transpose(permutation);
  }
  const [left, right] = node.inputs.map((input) => new Tensor(input)) as [Tensor, Tensor];
  return transposed(right).matMul(transposed(left));
}

function matrixTransposition(rank: number): number[] {
  const axes = Array.from({ length: rank }, (_, axis) => axis);
  return [...axes.slice(0, -2), rank - 1, rank - 2];
}
