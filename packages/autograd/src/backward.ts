import { Tensor, type GraphNode, type PrimitiveName } from '@gradus/core';
import type { DifferentiableGraph } from './graph.js';
import { rules } from './rules/index.js';

/**
 * The gradients of every node on a path from the output to `targets`, given that of the output.
 * Consumers are visited in the order of the graph alone, so that sums, and with them the plan and
 * the rounding, are the same each time.
 */
export function backpropagate(
  graph: DifferentiableGraph,
  gradientOfOutput: Tensor,
  targets: ReadonlySet<GraphNode>,
): ReadonlyMap<GraphNode, Tensor> {
  const { order, inputs } = graph;
  const onPath = nodesAbove(targets, graph);
  const gradients = new Map<GraphNode, Tensor>([[order[order.length - 1]!, gradientOfOutput]]);
  for (let place = order.length - 1; place >= 0; place--) {
    const node = order[place]!;
    const gradient = gradients.get(node);
    const sources = inputs.get(node)!;
    if (gradient === undefined || !sources.some((source) => onPath.has(source))) continue;
    const contributions = inputGradients(node, sources, gradient, onPath);
    contributions.forEach((contribution, position) => {
      const source = sources[position]!;
      if (contribution === undefined || !onPath.has(source)) return;
      gradients.set(source, gradients.get(source)?.add(contribution) ?? contribution);
    });
  }
  return gradients;
}

/** The nodes that `targets` contribute to, themselves included: no others need a gradient. */
function nodesAbove(targets: ReadonlySet<GraphNode>, graph: DifferentiableGraph): Set<GraphNode> {
  const above = new Set<GraphNode>();
  for (const node of graph.order) {
    const sources = graph.inputs.get(node)!;
    if (targets.has(node) || sources.some((source) => above.has(source))) above.add(node);
  }
  return above;
}

function inputGradients<Name extends PrimitiveName>(
  node: GraphNode<Name>,
  sources: readonly GraphNode[],
  gradient: Tensor,
  wanted: ReadonlySet<GraphNode>,
): readonly (Tensor | undefined)[] {
  const rule = rules[node.primitive];
  const step = { output: new Tensor(node), attributes: node.attributes };
  const inputs = sources.map((source) => new Tensor(source));
  if (typeof rule === 'function') return rule(gradient, step, ...inputs);
  return sources.map((source, position) =>
    wanted.has(source) ? rule[position]?.(gradient, step, ...inputs) : undefined,
  );
}
