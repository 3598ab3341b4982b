import type { Capabilities } from '../backend/backend.js';
import type { Kernel, Plan, PlanBuffer } from '../backend/kernels.js';
import { bytesPerElement } from '../dtype.js';
import { DeviceError } from '../errors.js';
import type { GraphNode } from '../graph/node.js';
import { doAtOnce, type Pieces } from '../runtime/turns.js';
import { sizeOf } from '../shape.js';
import { packArena, type Lifetime } from './arena.js';
import { kindOf, resolvedInputs, type GraphDescription } from './describe.js';
import type { BuiltDraft } from './draft-builder.js';
import { DraftGraph, type DraftContext } from './draft-graph.js';
import type { Store } from './draft.js';
import { emitStep, type BufferNumbers } from './emit.js';
import { decideStored } from './fusion.js';
import { bufferCount, mergeDrafts } from './merge.js';
import { alone, groupRows, type Step } from './rows.js';
import { schedule } from './schedule.js';
import { initialDrafts, protectOverwrites } from './stores.js';

/** Which optimisations to apply; tests compare plans with and without. */
export interface PlanOptions {
  /** Fuse producers into consumers and merge kernels. Without it every node is a kernel. */
  readonly fuse: boolean;
}

/** Turns a described graph into few kernels over few buffers, within what the backend can do. */
export function planGraph(
  description: GraphDescription,
  capabilities: Capabilities,
  options: PlanOptions,
): Plan {
  assertDataTypes(description, capabilities);
  return doAtOnce(planInPieces(description, capabilities, options));
}

/** The same in pieces, for a description in dtypes that the backend has. */
export function* planInPieces(
  description: GraphDescription,
  capabilities: Capabilities,
  options: PlanOptions = { fuse: true },
): Pieces<Plan> {
  const graph = yield* draftGraph(description, capabilities, options);
  const scheduled = schedule(graph);
  const steps = options.fuse ? groupRows(graph, scheduled, capabilities) : scheduled.map(alone);
  yield;
  return yield* emitPlan(description, steps, capabilities);
}

/** Throws a `DeviceError` for dtypes that the backend does not have. */
export function assertDataTypes({ order }: GraphDescription, { dtypes }: Capabilities): void {
  const missing = order.find(({ dtype }) => !dtypes.includes(dtype));
  if (missing === undefined) return;
  throw new DeviceError(
    `${missing.primitive}: the device does not compute in ${missing.dtype}; ` +
      `cast to one of ${dtypes.join(', ')}.`,
  );
}

/** Builds and merges drafts; where a kernel would touch too many buffers, stores more and retries. */
function* draftGraph(
  description: GraphDescription,
  capabilities: Capabilities,
  options: PlanOptions,
): Pieces<DraftGraph> {
  const scalars = new Map(description.scalars.map((node, position) => [node, position]));
  const required = new Set<GraphNode>(options.fuse ? [] : computedNodes(description));
  for (;;) {
    const stored = decideStored(description, required);
    const limits = options.fuse ? capabilities : { ...capabilities, multipleOutputs: false };
    const context: DraftContext = { stored, scalars, inputs: description.inputs, limits };
    const graph = new DraftGraph(context);
    yield;
    for (const draft of initialDrafts(description, stored)) {
      graph.add(graph.build(draft));
      yield;
    }
    const tooMany = graph.drafts.filter(
      (built) => bufferCount(built) > capabilities.maximumBuffersPerKernel,
    );
    if (tooMany.length > 0) {
      for (const built of tooMany) required.add(splitPoint(built, stored, capabilities));
      continue;
    }
    protectOverwrites(graph, description.order.length * 2);
    if (options.fuse) yield* mergeDrafts(graph);
    removeUnread(graph);
    return graph;
  }
}

function computedNodes(description: GraphDescription): GraphNode[] {
  return description.order.filter((node) => kindOf(node) === 'elementwise');
}

/** An operation inside an overfull kernel that itself reads as many buffers as allowed, at least two. */
function splitPoint(
  { draft }: BuiltDraft,
  stored: ReadonlySet<GraphNode>,
  capabilities: Capabilities,
): GraphNode {
  const limit = capabilities.maximumBuffersPerKernel - 1;
  const reads = new Map<GraphNode, Set<GraphNode>>();
  let best: GraphNode | undefined;
  const own = new Set([...draft.members, ...draft.hosts]);
  const visit = (node: GraphNode): Set<GraphNode> => {
    const known = reads.get(node);
    if (known !== undefined) return known;
    const isBuffer = kindOf(node) === 'buffer' || (stored.has(node) && !own.has(node));
    const found = new Set<GraphNode>(isBuffer ? [node] : []);
    if (!isBuffer)
      for (const input of resolvedInputs(node)) visit(input).forEach((each) => found.add(each));
    reads.set(node, found);
    const fits = found.size >= 2 && found.size <= limit && !own.has(node) && !isBuffer;
    if (fits && found.size > (best === undefined ? 0 : reads.get(best)!.size)) best = node;
    return found;
  };
  own.forEach(visit);
  if (best === undefined) {
    throw new RangeError(
      `A kernel needs more than the ${capabilities.maximumBuffersPerKernel} buffers the backend allows and cannot be split.`,
    );
  }
  return best;
}

/** Temporaries nobody reads any more, and kernels left without results. */
function removeUnread(graph: DraftGraph): void {
  const waiting = new Set(graph.drafts.reverse());
  for (const built of waiting) {
    const needed = ({ node, role, copy }: Store): boolean =>
      role !== 'temporary' || copy || graph.readersOf(node).size > 0;
    const stores = built.draft.stores.filter(needed);
    if (stores.length === built.draft.stores.length) continue;
    graph.remove(built);
    if (stores.length > 0) graph.add(graph.build({ ...built.draft, stores }));
    // What only this kernel read is now unread too.
    for (const node of built.loads.keys()) {
      const writer = graph.writerOf(node);
      if (writer !== undefined && waiting.delete(writer)) waiting.add(writer);
    }
  }
}

function* emitPlan(
  description: GraphDescription,
  steps: readonly Step[],
  capabilities: Capabilities,
): Pieces<Plan> {
  const buffers: PlanBuffer[] = [];
  const readNumbers = new Map<GraphNode, number>();
  const writeNumbers = new Map<Store, number>();
  const overwritten = new Set(
    steps.flatMap(storesOf).flatMap(({ role, position }) => (role === 'input' ? [position] : [])),
  );
  description.inputs.forEach((node, position) => {
    readNumbers.set(node, buffers.length);
    const { dtype, size: length } = node;
    buffers.push({ role: 'input', dtype, length, position, written: overwritten.has(position) });
  });
  description.outputs.forEach((node, position) => {
    buffers.push({ role: 'output', dtype: node.dtype, length: node.size, position });
  });
  const { lifetimes, temporaries } = temporaryLifetimes(steps);
  const { offsets, byteLength } = packArena(lifetimes);
  const number = (store: Store): number => {
    if (store.role === 'input') return store.position;
    if (store.role === 'output') return description.inputs.length + store.position;
    const { dtype, size: length } = store.node;
    const byteOffset = offsets[temporaries.indexOf(store)]!;
    buffers.push({ role: 'temporary', dtype, length, byteOffset });
    return buffers.length - 1;
  };
  for (const store of steps.flatMap(storesOf)) {
    writeNumbers.set(store, number(store));
    if (!store.copy) readNumbers.set(store.node, writeNumbers.get(store)!);
  }
  const numbers: BufferNumbers = {
    read: (node) => readNumbers.get(node)!,
    written: (store) => writeNumbers.get(store)!,
  };
  const kernels: Kernel[] = [];
  for (const step of steps) {
    kernels.push(compilable(emitStep(step, numbers), capabilities));
    yield;
  }
  return {
    buffers,
    kernels,
    scalars: description.scalars.map(({ dtype }) => dtype),
    arenaByteLength: byteLength,
  };
}

/** The kernel itself, or what it means in others. */
function compilable(kernel: Kernel, { kernels, lower }: Capabilities): Kernel {
  if (kernels.includes(kernel.kind)) return kernel;
  if (lower !== undefined) return lower(kernel);
  throw new DeviceError(
    `compile: the device has no ${kernel.kind} among its kernels; its capabilities must have ` +
      '`lower`, such as lowerKernel of @gradus/core/backend.',
  );
}

function storesOf({ drafts }: Step): Store[] {
  return drafts.flatMap(({ draft }) => draft.stores);
}

function temporaryLifetimes(steps: readonly Step[]): {
  lifetimes: Lifetime[];
  temporaries: Store[];
} {
  const lastRead = new Map<GraphNode, number>();
  steps.forEach(({ drafts }, time) => {
    for (const { loads } of drafts) for (const node of loads.keys()) lastRead.set(node, time);
  });
  const lifetimes: Lifetime[] = [];
  const temporaries: Store[] = [];
  steps.forEach((step, time) => {
    for (const store of storesOf(step)) {
      if (store.role !== 'temporary') continue;
      const byteLength = sizeOf(store.node.shape) * bytesPerElement(store.node.dtype);
      temporaries.push(store);
      lifetimes.push({ byteLength, first: time, last: lastRead.get(store.node) ?? time });
    }
  });
  return { lifetimes, temporaries };
}
