import type { GraphNode } from '../graph/node.js';
import type { PrimitiveName } from '../graph/primitive.js';
import { sizeOf } from '../shape.js';
import { kindOf, resolvedInputs } from './describe.js';

/** Memory that a plan writes. */
export interface Store {
  /** The node whose value it holds. */
  readonly node: GraphNode;
  readonly role: 'output' | 'temporary' | 'input';
  /** Among the outputs, or among the inputs for memory updated in place. */
  readonly position: number;
  /** Whether the node's value is read from elsewhere: a second destination, or that of a leaf. */
  readonly copy: boolean;
}

/**
 * A kernel in the making: which nodes it computes and where it stores them. Its expressions are
 * built from that whenever they are needed, so merging two drafts is joining their lists.
 */
export interface Draft {
  readonly kind: 'map' | 'reduce' | 'matMul' | 'conv2d' | 'pool2d' | 'unpool2d' | 'scatterAdd';
  /** The nodes that give the kernel its kind: reductions over one space, a product, a scatter. */
  readonly hosts: readonly GraphNode[];
  /** The index space of the outputs. */
  readonly shape: readonly number[];
  /** The nodes it computes point by point besides its hosts. */
  readonly members: ReadonlySet<GraphNode>;
  readonly stores: readonly Store[];
  /** Place in the graph's order; earlier drafts run first where nothing else decides. */
  readonly order: number;
}

/** The number of points of the index space. */
export function draftSize(draft: Draft): number {
  return sizeOf(draft.shape);
}

/** The extents that a reduction removes. */
export function reducedShape(reduction: GraphNode): number[] {
  const { axes } = reduction.attributes as { axes: readonly number[] };
  const [input] = resolvedInputs(reduction);
  return axes.map((axis) => input!.shape[axis]!);
}

/** The draft that computes `node` alone. */
export function draftFor(node: GraphNode, stores: readonly Store[], order: number): Draft {
  const kind = draftKind(node);
  return {
    kind,
    hosts: kind === 'map' ? [] : [node],
    members: new Set(kind === 'map' ? [node] : []),
    shape: kind === 'scatterAdd' ? resolvedInputs(node)[1]!.shape : node.shape,
    stores,
    order,
  };
}

function draftKind(node: GraphNode): Draft['kind'] {
  return node.storage === undefined && !combinesNothing(node)
    ? (hostKinds[node.primitive] ?? 'map')
    : 'map';
}

/** Whether this is a product or a window over operands without elements: its value is constant. */
export function combinesNothing(node: GraphNode): boolean {
  const kind = kindOf(node);
  const combines = kind === 'matMul' || kind === 'window';
  return combines && resolvedInputs(node).some(({ size }) => size === 0);
}

/** The primitives that give a kernel its kind. */
const hostKinds: Partial<Record<PrimitiveName, Draft['kind']>> = {
  sum: 'reduce',
  product: 'reduce',
  max: 'reduce',
  min: 'reduce',
  argMax: 'reduce',
  argMin: 'reduce',
  matMul: 'matMul',
  conv2d: 'conv2d',
  conv2dInputGradient: 'conv2d',
  conv2dFilterGradient: 'conv2d',
  maxPool2d: 'pool2d',
  maxPool2dPositions: 'pool2d',
  sumPool2d: 'pool2d',
  maxUnpool2d: 'unpool2d',
  sumUnpool2d: 'unpool2d',
  scatterAdd: 'scatterAdd',
};
