import {
  GradientError,
  isPrimitive,
  topologicalOrder,
  Variable,
  type GraphNode,
} from '@gradus/core';
import { passesGradient, type DifferentiableGraph } from './graph.js';
import type { Target } from './targets.js';

/**
 * The node of the graph that stands for a target; `undefined` where the graph has none. Throws a
 * `GradientError` for a variable that is read in two versions, and for a target that the output
 * was computed from by way of a tensor that has forgotten it.
 */
export function locate(graph: DifferentiableGraph, target: Target): GraphNode | undefined {
  const { handle, label } = target;
  const identity = handle instanceof Variable ? handle : handle.node;
  if (graph.order.some((node) => node.hasForgotten(identity))) {
    throw new GradientError(
      `grad: the output was computed from ${label} by way of a tensor whose values were read long ` +
        `ago: only the 64 latest such tensors remember what they were computed from. Take gradients ` +
        `first, or keep both in one compiled step; chains of 10,000 pending operations are realised ` +
        `by themselves. If that tensor is meant as a constant, use stopGradient(tensor).`,
    );
  }
  if (!(handle instanceof Variable)) return graph.inputs.has(handle.node) ? handle.node : undefined;
  const reads = graph.order.filter(
    (node) => isPrimitive(node, 'variable') && node.attributes.version.variable === handle,
  );
  if (reads.length > 1) {
    throw new GradientError(
      `grad: the output reads ${label} in ${reads.length} versions, before and after an assignment, ` +
        `so its gradient is ambiguous. Compute the output from one version, or ask for the gradient ` +
        `of the tensor that one read gave: const w = variable.value; grad(loss, w).`,
    );
  }
  return reads[0];
}

/** Why no gradient of `output` arrives at any of `targets`. */
export function unreachable(
  output: GraphNode,
  graph: DifferentiableGraph,
  targets: readonly Target[],
): GradientError {
  const labels = targets.slice(0, 3).map(({ label }) => label);
  const rest = targets.length > 3 ? ` and ${targets.length - 3} more` : '';
  const barriers = primitivesBetween(output, graph, targets);
  const reason =
    barriers.length === 0
      ? `Check that it was computed from the same tensors and variables.`
      : `It does only through ${barriers.join(', ')}, which passes no gradient.`;
  const what = targets.length === 1 ? labels[0] : `any of ${labels.join(', ')}${rest}`;
  return new GradientError(`grad: the output does not depend on ${what}. ${reason}`);
}

/** The primitives at which gradients stop on the way to `targets`. */
function primitivesBetween(
  output: GraphNode,
  graph: DifferentiableGraph,
  targets: readonly Target[],
): string[] {
  const wanted = new Set<object>(targets.map(({ handle }) => handle));
  const nodes = new Set<object>(
    targets.flatMap(({ handle }) => (handle instanceof Variable ? [] : [handle.node])),
  );
  const above = new Set<GraphNode>();
  for (const node of topologicalOrder([output])) {
    const isTarget =
      nodes.has(node) ||
      (isPrimitive(node, 'variable') && wanted.has(node.attributes.version.variable));
    if (isTarget || node.inputs.some((input) => above.has(input))) above.add(node);
  }
  const stops = graph.order.filter((node) =>
    node.inputs.some((input, at) => above.has(input) && !passesGradient(node, input, at)),
  );
  return [...new Set(stops.map(({ primitive }) => primitive))];
}
