import { isPrimitive, sizeOf, type GraphNode } from '@gradus/core';

/** How many multiply-adds computing a node takes; only products and convolutions count. */
export function multiplyAddsOf(node: GraphNode): number {
  const [first, second] = node.inputs;
  if (isPrimitive(node, 'matMul')) return node.size * first!.shape.at(-1)!;
  // Each element of a convolution's output is a sum over one filter.
  if (isPrimitive(node, 'conv2d')) return node.size * filterSize(second!);
  if (isPrimitive(node, 'conv2dInputGradient')) return first!.size * filterSize(second!);
  if (isPrimitive(node, 'conv2dFilterGradient')) return second!.size * filterSize(node);
  return 0;
}

const filterSize = ({ shape }: GraphNode): number => sizeOf(shape.slice(1));
