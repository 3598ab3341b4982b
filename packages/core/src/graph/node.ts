import type { DataType } from '../dtype.js';
import type { VersionedVariable } from '../runtime/variable-version.js';
import type { TensorStorage } from '../runtime/storage.js';
import { sizeOf, type Shape } from '../shape.js';
import type { PrimitiveAttributes, PrimitiveName } from './primitive.js';

let nextId = 1;

/** What a node was computed from, without keeping any of it alive. */
interface Forgotten {
  readonly nodes: WeakSet<GraphNode>;
  /** By id: a loop reads the same variables again and again, so this stays small. */
  readonly variables: ReadonlySet<number>;
}

/**
 * One step of a computation: a primitive, its inputs, and the shape and dtype of its output.
 * Immutable but for its storage: once realised, a node is data, and some realisations later it
 * lets go of its inputs, so that a chain of realised tensors does not keep its whole past alive.
 */
export class GraphNode<Name extends PrimitiveName = PrimitiveName> {
  /** Counts up in program order. */
  readonly id: number;
  readonly primitive: Name;
  readonly attributes: PrimitiveAttributes[Name];
  readonly shape: Shape;
  readonly dtype: DataType;
  /** The longest chain of unrealised nodes below this one. */
  readonly depth: number;
  /** The values, once somebody has asked for them (they may still be on their way). */
  storage: TensorStorage | undefined;
  #inputs: readonly GraphNode[];
  #forgotten: Forgotten | undefined;

  constructor(
    primitive: Name,
    inputs: readonly GraphNode[],
    attributes: PrimitiveAttributes[Name],
    shape: Shape,
    dtype: DataType,
  ) {
    this.id = nextId++;
    this.primitive = primitive;
    this.attributes = attributes;
    this.shape = shape;
    this.dtype = dtype;
    this.#inputs = inputs;
    let depth = 0;
    for (const input of inputs) depth = Math.max(depth, pendingDepth(input));
    this.depth = depth + 1;
  }

  /** How many elements the output has. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The nodes this one is, or was, computed from; none once it has let go of them. */
  get inputs(): readonly GraphNode[] {
    return this.#inputs;
  }

  /** The nodes that computing this one needs: none once it is realised. */
  get pendingInputs(): readonly GraphNode[] {
    return this.storage === undefined ? this.#inputs : [];
  }

  /** Whether the value needs no computation any more. */
  get isLeaf(): boolean {
    return this.storage !== undefined || this.#inputs.length === 0;
  }

  /** Lets go of the inputs, remembering weakly what they were. The values must have arrived. */
  forgetInputs(): void {
    const nodes = new WeakSet<GraphNode>();
    const variables = new Set<number>();
    for (const node of topologicalOrder(this.#inputs)) {
      nodes.add(node);
      if (isPrimitive(node, 'variable')) variables.add(node.attributes.version.variable.id);
      // What an ancestor has forgotten is lost here too.
      node.#forgotten?.variables.forEach((id) => variables.add(id));
    }
    this.#forgotten = { nodes, variables };
    this.#inputs = [];
  }

  /**
   * Whether this node was computed from a node or a variable by way of something it has let go of,
   * so that gradients with respect to it are lost. Of nodes it knows those it let go of itself.
   */
  hasForgotten(source: GraphNode | VersionedVariable): boolean {
    if (this.#forgotten === undefined) return false;
    return source instanceof GraphNode
      ? this.#forgotten.nodes.has(source)
      : this.#forgotten.variables.has(source.id);
  }
}

/** A read of a variable waits for whatever its pending assignment waits for. */
function pendingDepth(node: GraphNode): number {
  if (isPrimitive(node, 'variable')) return node.attributes.version.definition?.depth ?? 0;
  return node.isLeaf ? 0 : node.depth;
}

/** Narrows a node to one primitive, and with it the type of its attributes. */
export function isPrimitive<Name extends PrimitiveName>(
  node: GraphNode,
  name: Name,
): node is GraphNode<Name> {
  return node.primitive === name;
}

/**
 * Every node that `roots` depend on, inputs before consumers, each once. Iterative, so that depth
 * is bounded by memory and not by the call stack.
 */
export function topologicalOrder(
  roots: readonly GraphNode[],
  inputsOf: (node: GraphNode) => readonly GraphNode[] = (node) => node.inputs,
): GraphNode[] {
  const order: GraphNode[] = [];
  const visited = new Set<GraphNode>();
  const stack: { node: GraphNode; inputs: readonly GraphNode[]; next: number }[] = [];
  const enter = (node: GraphNode): void => {
    if (visited.has(node)) return;
    visited.add(node);
    stack.push({ node, inputs: inputsOf(node), next: 0 });
  };
  for (const root of roots) {
    enter(root);
    while (stack.length > 0) {
      const frame = stack[stack.length - 1]!;
      if (frame.next < frame.inputs.length) enter(frame.inputs[frame.next++]!);
      else {
        order.push(frame.node);
        stack.pop();
      }
    }
  }
  return order;
}
