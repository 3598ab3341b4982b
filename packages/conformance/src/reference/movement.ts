import { sizeOf, type GraphNode } from '@gradus/core';
import { at, build, indicesOf, positionOf, type HostArray } from './host-array.js';

/** The same elements in row-major order. */
export function reshape(node: GraphNode, x: HostArray): HostArray {
  return { shape: node.shape, data: x.data };
}

/** Output axis i is input axis `permutation[i]`. */
export function transpose(node: GraphNode<'transpose'>, x: HostArray): HostArray {
  const source = x.shape.map((_, axis) => node.attributes.permutation.indexOf(axis));
  return build(node.shape, (index) =>
    at(
      x,
      source.map((axis) => index[axis]!),
    ),
  );
}

/** Extents of 1 and missing leading axes repeat. */
export function broadcastTo(node: GraphNode, x: HostArray): HostArray {
  const missing = node.shape.length - x.shape.length;
  return build(node.shape, (index) =>
    at(
      x,
      x.shape.map((extent, axis) => (extent === 1 ? 0 : index[missing + axis]!)),
    ),
  );
}

/** Element i along an axis is input element `starts + i · steps`. */
export function slice(node: GraphNode<'slice'>, x: HostArray): HostArray {
  const { starts, steps } = node.attributes;
  return build(node.shape, (index) =>
    at(
      x,
      index.map((coordinate, axis) => starts[axis]! + coordinate * steps[axis]!),
    ),
  );
}

/** `before` elements of `value` in front of each axis, and as many behind as the shape has room. */
export function pad(node: GraphNode<'pad'>, x: HostArray): HostArray {
  const { before, value } = node.attributes;
  return build(node.shape, (index) => {
    const source = index.map((coordinate, axis) => coordinate - before[axis]!);
    const inside = source.every(
      (coordinate, axis) => coordinate >= 0 && coordinate < x.shape[axis]!,
    );
    return inside ? at(x, source) : value;
  });
}

/** Reversed along `axes`. */
export function flip(node: GraphNode<'flip'>, x: HostArray): HostArray {
  const { axes } = node.attributes;
  return build(node.shape, (index) =>
    at(
      x,
      index.map((i, axis) => (axes.includes(axis) ? x.shape[axis]! - 1 - i : i)),
    ),
  );
}

/** One after another along `axis`. */
export function concat(node: GraphNode<'concat'>, inputs: readonly HostArray[]): HostArray {
  const { axis } = node.attributes;
  return build(node.shape, (index) => {
    const source = [...index];
    for (const input of inputs) {
      if (source[axis]! < input.shape[axis]!) return at(input, source);
      source[axis]! -= input.shape[axis]!;
    }
    throw new RangeError('An index of a concatenation is outside of its parts.');
  });
}

/** Slices of `x` along `axis` named by `indices`; NaN, or 0 for integers, where there is none. */
export function gather(
  node: GraphNode<'gather'>,
  x: HostArray,
  indices: HostArray,
  missing: number,
): HostArray {
  const { axis } = node.attributes;
  const rank = indices.shape.length;
  return build(node.shape, (index) => {
    const place = at(indices, index.slice(axis, axis + rank));
    if (place < 0 || place >= x.shape[axis]!) return missing;
    return at(x, [...index.slice(0, axis), place, ...index.slice(axis + rank)]);
  });
}

/** Zeros, to which each element of `updates` is added in the slice that `indices` names. */
export function scatterAdd(
  node: GraphNode<'scatterAdd'>,
  indices: HostArray,
  updates: HostArray,
  add: (a: number, b: number) => number,
): HostArray {
  const { axis } = node.attributes;
  const rank = indices.shape.length;
  const data = new Float64Array(sizeOf(node.shape));
  for (const index of indicesOf(updates.shape)) {
    const place = at(indices, index.slice(axis, axis + rank));
    if (place < 0 || place >= node.shape[axis]!) continue;
    const target = [...index.slice(0, axis), place, ...index.slice(axis + rank)];
    const position = positionOf(node.shape, target);
    data[position] = add(data[position]!, at(updates, index));
  }
  return { shape: node.shape, data };
}
