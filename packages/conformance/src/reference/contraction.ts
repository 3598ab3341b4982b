import type { GraphNode } from '@gradus/core';
import { at, build, indicesOf, type HostArray, type Index } from './host-array.js';

type Combine = (accumulated: number, element: number) => number;

/** Element by element, in row-major order, over the reduced axes. */
export function reduce(
  node: GraphNode<'sum' | 'product' | 'max' | 'min'>,
  x: HostArray,
  start: number,
  combine: Combine,
): HostArray {
  const { axes } = node.attributes;
  const reducedShape = axes.map((axis) => x.shape[axis]!);
  return build(node.shape, (index) => {
    let result = start;
    for (const reduced of indicesOf(reducedShape)) {
      result = combine(result, at(x, interleave(index, reduced, axes)));
    }
    return result;
  });
}

/** The first position along one axis that `beats` all before it and is beaten by none. */
export function argReduce(
  node: GraphNode<'argMax' | 'argMin'>,
  x: HostArray,
  beats: (challenger: number, holder: number) => boolean,
): HostArray {
  const { axes } = node.attributes;
  return build(node.shape, (index) => {
    let best = 0;
    let holder = at(x, interleave(index, [0], axes));
    for (let position = 1; position < x.shape[axes[0]]!; position++) {
      const challenger = at(x, interleave(index, [position], axes));
      const wins = Number.isNaN(challenger) ? !Number.isNaN(holder) : beats(challenger, holder);
      if (wins) [best, holder] = [position, challenger];
    }
    return best;
  });
}

/** The full index: `reduced` at `axes`, the coordinates of `index` at the others. */
function interleave(index: Index, reduced: Index, axes: readonly number[]): Index {
  const full: number[] = [];
  let kept = 0;
  for (let axis = 0; axis < index.length + reduced.length; axis++) {
    const position = axes.indexOf(axis);
    full.push(position < 0 ? index[kept++]! : reduced[position]!);
  }
  return full;
}

/** Σ over k of left[…, i, k] · right[…, k, j]. */
export function matMul(
  node: GraphNode,
  left: HostArray,
  right: HostArray,
  multiply: Combine,
  add: Combine,
): HostArray {
  const depth = left.shape.at(-1)!;
  return build(node.shape, (index) => {
    const batch = index.slice(0, -2);
    const [row, column] = index.slice(-2) as [number, number];
    let sum = 0;
    for (let k = 0; k < depth; k++) {
      const product = multiply(at(left, [...batch, row, k]), at(right, [...batch, k, column]));
      sum = add(sum, product);
    }
    return sum;
  });
}
