import {
  isFloating,
  isPrimitive,
  topologicalOrder,
  type DataType,
  type GraphHandle,
  type GraphNode,
} from '@gradus/core';
import type { HostArray } from './host-array.js';
import { apply } from './rules.js';

/**
 * How the reference rounds: as the dtype of each node does, or not at all, so that the result is
 * what float64 would give.
 */
export type Precision = 'own' | 'float64';

/** Values of leaves that the graph does not hold itself: variables and tensors on a device. */
export type KnownValues = ReadonlyMap<GraphNode, HostArray>;

/**
 * The values of tensors by the plainest means there are: one node after another, nested loops, no
 * planner and no backend. Every backend is tested against it. Evaluate before realising: realised
 * tensors have forgotten what they were computed from.
 *
 * Throws a `TypeError` for a leaf whose value is neither on the host nor in `known`.
 */
export function evaluateReference(
  tensors: readonly GraphHandle[],
  precision: Precision = 'own',
  known: KnownValues = new Map(),
): HostArray[] {
  const roots = tensors.map(({ node }) => node);
  const values = new Map<GraphNode, HostArray>(known);
  const inputsOf = (node: GraphNode): readonly GraphNode[] =>
    known.has(node) ? [] : [...node.inputs, ...definitionOf(node)];
  for (const node of topologicalOrder(roots, inputsOf)) {
    if (values.has(node)) continue;
    const inputs = inputsOf(node).map((input) => values.get(input)!);
    values.set(node, hostValue(node) ?? evaluateNode(node, inputs, precision));
  }
  return roots.map((node) => values.get(node)!);
}

function evaluateNode(
  node: GraphNode,
  inputs: readonly HostArray[],
  precision: Precision,
): HostArray {
  // A variable that nobody has computed yet has the value it was defined or assigned with.
  if (isPrimitive(node, 'variable') && inputs.length > 0) return inputs[0]!;
  return apply(node, inputs, arithmeticDataType(node.dtype, precision));
}

function definitionOf(node: GraphNode): readonly GraphNode[] {
  if (!isPrimitive(node, 'variable')) return [];
  const { definition } = node.attributes.version;
  return definition === undefined ? [] : [definition];
}

function hostValue(node: GraphNode): HostArray | undefined {
  const values = node.storage?.host;
  if (values === undefined || node.dtype === 'float16') return undefined;
  return { shape: node.shape, data: Float64Array.from(values) };
}

function arithmeticDataType(dtype: DataType, precision: Precision): DataType {
  return precision === 'float64' && isFloating(dtype) ? 'float64' : dtype;
}
