import { isFloating, topologicalOrder, type GraphNode } from '@gradus/core';
import { rules } from './rules/index.js';

/** The part of a graph through which gradients can flow from its output. */
export interface DifferentiableGraph {
  /** Inputs before consumers; the output last. */
  readonly order: readonly GraphNode[];
  /**
   * All inputs of each node as they were when the graph was walked: building gradients may realise
   * long chains by and by, upon which nodes realised earlier let go of their inputs.
   */
  readonly inputs: ReadonlyMap<GraphNode, readonly GraphNode[]>;
}

/** Walks from `output` along every edge that passes a gradient. */
export function differentiableGraph(output: GraphNode): DifferentiableGraph {
  const inputs = new Map<GraphNode, readonly GraphNode[]>();
  const order = topologicalOrder([output], (node) => {
    inputs.set(node, node.inputs);
    return node.inputs.filter((input, position) => passesGradient(node, input, position));
  });
  return { order, inputs };
}

/** Whether a gradient of `node` contributes to that of its input at `position`. */
export function passesGradient(node: GraphNode, input: GraphNode, position: number): boolean {
  const rule = rules[node.primitive];
  return isFloating(input.dtype) && (typeof rule === 'function' || rule[position] !== undefined);
}
