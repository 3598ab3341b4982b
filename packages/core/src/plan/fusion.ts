import { scalarOperations, type ScalarOperation } from '../backend/expression.js';
import { isPrimitive, type GraphNode } from '../graph/node.js';
import { kindOf, resolvedInputs, type GraphDescription } from './describe.js';
import { operandMemory } from './movement.js';

/** Up to this many cheap operations are computed again rather than stored for several consumers. */
const recomputeLimit = 4;
/** The longest chain fused into one kernel. */
const chainLimit = 64;
/** How many operations are fused into one kernel, about: the size of code stays sane. */
export const operationLimit = 200;

/** What is known of a node from its consumers, which are all decided before it. */
interface Demand {
  /** The stored nodes into whose kernels this node would be computed. */
  roots: Set<GraphNode>;
  /** How many consumers ask. */
  edges: number;
  /** Whether some consumer reads it elsewhere than at its own index. */
  moved: boolean;
  /** Whether a gather reads it: at places known only at run time, any number of times. */
  gathered: boolean;
  /** The most points of an index space at which it would be evaluated. */
  evaluations: number;
  /** Whether one of the roots is a reduction. */
  reduced: boolean;
  /** The longest way to a root. */
  chain: number;
}

/**
 * Decides which nodes are stored in memory; the others are computed inside the kernels of the
 * stored nodes that need them. Stored are results, reductions, matrix products and what they
 * multiply, and what would cost more to compute again than to read.
 *
 * @param required Nodes to store in any case.
 */
export function decideStored(
  description: GraphDescription,
  required: ReadonlySet<GraphNode>,
): Set<GraphNode> {
  const stored = new Set<GraphNode>(required);
  for (const node of description.outputs) stored.add(node);
  for (const { value } of description.updates) stored.add(value);
  const costs = fusedCosts(description.order);
  const demands = new Map<GraphNode, Demand>();
  const operations = new Map<GraphNode, number>();
  for (let position = description.order.length - 1; position >= 0; position--) {
    const node = description.order[position]!;
    const kind = kindOf(node);
    if (kind === 'buffer') {
      stored.delete(node);
      continue;
    }
    const demand = demands.get(node);
    if (demand === undefined && !stored.has(node)) continue;
    const fusible = kind === 'elementwise' || kind === 'movement' || kind === 'inline';
    if (
      !fusible ||
      (demand !== undefined && shouldStore(node, demand, costs.get(node)!, operations))
    ) {
      stored.add(node);
    }
    // Of nothing, nothing is needed.
    if (node.size === 0) continue;
    if (kind === 'matMul' || kind === 'window') storeOperands(node, stored, demands);
    else passDemand(node, stored.has(node) ? rootDemand(node) : demand!, demands);
  }
  return stored;
}

/** Operations it takes to compute each node from what is stored in any case. */
function fusedCosts(order: readonly GraphNode[]): Map<GraphNode, number> {
  const costs = new Map<GraphNode, number>();
  for (const node of order) {
    const kind = kindOf(node);
    let cost = 0;
    if (kind === 'elementwise' || kind === 'movement') {
      if (kind === 'elementwise') cost = isExpensive(node) ? recomputeLimit + 1 : 1;
      for (const input of resolvedInputs(node)) {
        const known = costs.get(input)!;
        // A costly input that is repeated here will be stored: nothing remains but to read it.
        if (input.size >= node.size || known <= recomputeLimit) cost += known;
      }
    }
    costs.set(node, Math.min(cost, operationLimit));
  }
  return costs;
}

function isExpensive(node: GraphNode): boolean {
  return scalarOperations[node.primitive as ScalarOperation].cost === 'expensive';
}

function shouldStore(
  node: GraphNode,
  demand: Demand,
  cost: number,
  operations: Map<GraphNode, number>,
): boolean {
  if (kindOf(node) === 'inline') return false;
  if (demand.chain >= chainLimit) return true;
  if (kindOf(node) === 'movement') return false;
  if (demand.gathered) return true;
  const repeated = demand.evaluations > node.size;
  if (repeated && demand.reduced) return true;
  const shared = demand.roots.size > 1 || (demand.edges > 1 && demand.moved);
  if (cost > recomputeLimit && (shared || repeated)) return true;
  for (const root of demand.roots) {
    const count = (operations.get(root) ?? 0) + 1;
    if (count > operationLimit) return true;
    operations.set(root, count);
  }
  return false;
}

function rootDemand(node: GraphNode): Demand {
  const kind = kindOf(node);
  const [first] = resolvedInputs(node);
  const scatter = kind === 'scatter';
  return {
    roots: new Set([node]),
    edges: 1,
    moved: kind === 'movement',
    gathered: false,
    evaluations: scatter
      ? resolvedInputs(node)[1]!.size
      : kind === 'reduction'
        ? first!.size
        : node.size,
    reduced: kind === 'reduction' || scatter,
    chain: 0,
  };
}

function passDemand(node: GraphNode, demand: Demand, demands: Map<GraphNode, Demand>): void {
  const moved = demand.moved || kindOf(node) === 'movement';
  resolvedInputs(node).forEach((input, position) => {
    const gathered = demand.gathered || (isPrimitive(node, 'gather') && position === 0);
    merge(demands, input, { ...demand, moved, gathered, chain: demand.chain + 1 });
  });
}

function merge(demands: Map<GraphNode, Demand>, input: GraphNode, demand: Demand): void {
  const known = demands.get(input);
  if (known === undefined) {
    demands.set(input, { ...demand, edges: 1 });
    return;
  }
  // Sets are shared between nodes until they differ: most nodes have a single root.
  const added = [...demand.roots].filter((root) => !known.roots.has(root));
  if (added.length > 0) known.roots = new Set([...known.roots, ...added]);
  known.edges += 1;
  known.moved ||= demand.moved;
  known.gathered ||= demand.gathered;
  known.evaluations = Math.max(known.evaluations, demand.evaluations);
  known.reduced ||= demand.reduced;
  known.chain = Math.max(known.chain, demand.chain);
}

/** Products and windows read memory: the node an operand is a view of, or else the operand itself. */
function storeOperands(
  node: GraphNode,
  stored: Set<GraphNode>,
  demands: Map<GraphNode, Demand>,
): void {
  for (const operand of resolvedInputs(node)) {
    const target = operandMemory(node, operand);
    stored.add(target);
    merge(demands, target, rootDemand(target));
  }
}
