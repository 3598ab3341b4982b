import { TraceError } from '../errors.js';
import { GraphNode, isPrimitive, topologicalOrder } from '../graph/node.js';
import { primitiveKinds, type PrimitiveKind } from '../graph/primitive.js';

/** A variable's new value and the node that stands for the memory it replaces. */
export interface Update {
  readonly value: GraphNode;
  readonly entry: GraphNode;
}

/** What to compute: `outputs` into new memory, `updates` over the memory of their entries. */
export interface GraphRequest {
  readonly outputs: readonly GraphNode[];
  readonly updates: readonly Update[];
}

/**
 * A request walked once: everything the planner needs, and a key that is equal exactly for
 * requests that one plan serves. The key holds no constant values and no identities.
 */
export interface GraphDescription {
  readonly key: string;
  /** Nodes in topological order, without aliases. */
  readonly order: readonly GraphNode[];
  /** Leaves with memory, in the order of the plan's inputs. */
  readonly inputs: readonly GraphNode[];
  /** Leaves whose value travels as a run-time scalar, in the order of the plan's scalars. */
  readonly scalars: readonly GraphNode[];
  readonly outputs: readonly GraphNode[];
  readonly updates: readonly Update[];
}

/** The node whose value `node` has: aliases and pending assignments looked through. */
export function resolve(node: GraphNode): GraphNode {
  let current = node;
  for (;;) {
    if (current.storage !== undefined) return current;
    const next = aliasOf(current);
    if (next === undefined) return current;
    current = next;
  }
}

function aliasOf(node: GraphNode): GraphNode | undefined {
  if (isPrimitive(node, 'variable')) {
    const { version } = node.attributes;
    version.assertKnown();
    return version.storage === undefined && !version.entry ? version.definition : undefined;
  }
  return primitiveKinds[node.primitive] === 'alias' ? node.inputs[0] : undefined;
}

/** The inputs of a node, aliases looked through. */
export function resolvedInputs(node: GraphNode): readonly GraphNode[] {
  return node.pendingInputs.map(resolve);
}

/** How the planner treats a node: a realised one is memory, a scalar argument is not. */
export function kindOf(node: GraphNode): PrimitiveKind {
  if (node.storage !== undefined) return 'buffer';
  if (isPrimitive(node, 'placeholder') && node.attributes.scalar) return 'inline';
  return primitiveKinds[node.primitive];
}

/** Whether the value of this leaf travels as a run-time scalar. */
function isScalar(node: GraphNode): boolean {
  return kindOf(node) === 'inline' && node.primitive !== 'iota';
}

/**
 * Walks a request. Throws for leaves that have a value only inside a traced function, unless they
 * are `known`: those of the function that is being compiled.
 */
export function describeGraph(
  request: GraphRequest,
  known: (node: GraphNode) => boolean,
): GraphDescription {
  const outputs = request.outputs.map(resolve);
  const updates = request.updates.map(({ value, entry }) => ({
    value: computed(resolve(value), entry),
    entry,
  }));
  const roots = [
    ...outputs,
    ...updates.map(({ value }) => value),
    ...updates.map(({ entry }) => entry),
  ];
  const order = topologicalOrder(roots, resolvedInputs);
  const numbers = new Map<GraphNode, number>();
  const inputs: GraphNode[] = [];
  const scalars: GraphNode[] = [];
  const parts: string[] = [];
  order.forEach((node, number) => {
    numbers.set(node, number);
    if (kindOf(node) === 'buffer') inputs.push(node);
    if (isScalar(node)) scalars.push(node);
    if (!known(node)) assertNotTraced(node);
    parts.push(structureOf(node, numbers));
  });
  parts.push(`out ${outputs.map((node) => numbers.get(node)).join()}`);
  for (const { value, entry } of updates) {
    parts.push(`update ${numbers.get(entry)} ${numbers.get(value)}`);
  }
  return { key: parts.join('\n'), order, inputs, scalars, outputs, updates };
}

/** The same of nodes of its own, for which it does not matter what is realised before planning. */
export function detached(description: GraphDescription): GraphDescription {
  const copies = new Map<GraphNode, GraphNode>();
  const copyOf = (node: GraphNode): GraphNode => copies.get(node)!;
  for (const node of description.order) {
    const { primitive, attributes, shape, dtype } = node;
    const copy =
      kindOf(node) === 'buffer'
        ? new GraphNode('data', [], {}, shape, dtype)
        : new GraphNode(primitive, resolvedInputs(node).map(copyOf), attributes, shape, dtype);
    copies.set(node, copy);
  }
  const { key, order, inputs, scalars, outputs, updates } = description;
  return {
    key,
    order: order.map(copyOf),
    inputs: inputs.map(copyOf),
    scalars: scalars.map(copyOf),
    outputs: outputs.map(copyOf),
    updates: updates.map(({ value, entry }) => ({ value: copyOf(value), entry: copyOf(entry) })),
  };
}

/** A variable assigned what another holds gets a copy, computed by a node of its own. */
function computed(value: GraphNode, entry: GraphNode): GraphNode {
  if (value === entry || kindOf(value) !== 'buffer') return value;
  return new GraphNode('reshape', [value], {}, value.shape, value.dtype);
}

function structureOf(node: GraphNode, numbers: ReadonlyMap<GraphNode, number>): string {
  const head = `${node.dtype} ${node.shape.join()}`;
  if (kindOf(node) === 'buffer') return `in ${head}`;
  if (isScalar(node)) return `scalar ${head}`;
  const inputs = resolvedInputs(node).map((input) => numbers.get(input));
  return `${node.primitive} ${head} ${JSON.stringify(node.attributes, everyNumber)} ${inputs.join()}`;
}

/** JSON writes infinities and NaN as null, and −0 as 0; plans must tell them apart. */
function everyNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
    ? `number ${Object.is(value, -0) ? '-0' : value}`
    : value;
}

function assertNotTraced(node: GraphNode): void {
  let source: string;
  if (isPrimitive(node, 'placeholder')) source = `depends on ${node.attributes.name}`;
  else if (isPrimitive(node, 'variable') && node.attributes.version.entry) {
    source = `reads the variable ${node.attributes.version.variable.name} there`;
  } else return;
  throw new TraceError(
    `A tensor from inside a compiled function (it ${source}) is used outside of it. ` +
      `Return it from the function instead of storing it.`,
  );
}
