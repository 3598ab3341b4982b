import type { GraphNode } from '../graph/node.js';
import type { Pieces } from '../runtime/turns.js';
import { sameShape } from '../shape.js';
import type { BuiltDraft } from './draft-builder.js';
import type { DraftGraph } from './draft-graph.js';
import { DraftOrder } from './draft-order.js';
import { operationLimit } from './fusion.js';
import { draftSize, reducedShape, type Draft, type Store } from './draft.js';

/**
 * Joins kernels over one index space: an elementwise kernel becomes the epilogue of the reduction
 * or product it reads, an optimiser's update of a parameter and its moments becomes one pass, sums
 * over the same values become one reduction with several results.
 */
export function* mergeDrafts(graph: DraftGraph): Pieces<void> {
  const waiting = graph.drafts;
  const order = new DraftOrder(graph);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (!graph.has(next)) continue;
    const merged = mergeWithFirst(graph, order, next);
    if (merged !== undefined) waiting.unshift(merged);
    yield;
  }
}

function mergeWithFirst(
  graph: DraftGraph,
  order: DraftOrder,
  built: BuiltDraft,
): BuiltDraft | undefined {
  for (const other of candidates(graph, built)) {
    const merged = tryMerge(graph, order, other, built);
    if (merged !== undefined) {
      order.replace([other, built], merged);
      return merged;
    }
  }
  return undefined;
}

/** Kernels that would share work with this one: those it reads, then those that read the same. */
function* candidates(graph: DraftGraph, built: BuiltDraft): Generator<BuiltDraft> {
  const seen = new Set([built]);
  for (const [node, { identity }] of built.loads) {
    const writer = identity ? graph.writerOf(node) : undefined;
    if (writer !== undefined && !seen.has(writer)) {
      seen.add(writer);
      yield writer;
    }
  }
  for (const node of built.loads.keys()) {
    for (const sibling of [...graph.readersOf(node)]) {
      if (seen.has(sibling)) continue;
      seen.add(sibling);
      yield sibling;
    }
  }
}

function tryMerge(
  graph: DraftGraph,
  order: DraftOrder,
  a: BuiltDraft,
  b: BuiltDraft,
): BuiltDraft | undefined {
  if (a.operations + b.operations > operationLimit) return undefined;
  const draft = joined(a.draft, b.draft);
  if (draft === undefined) return undefined;
  const pruned = withoutUnread(graph, draft, new Set([a, b]));
  const { multipleOutputs, maximumBuffersPerKernel } = graph.context.limits;
  if (!multipleOutputs && pruned.stores.length > 1) return undefined;
  if (order.pathBetween(a, b)) return undefined;
  const merged = graph.build(pruned);
  if (bufferCount(merged) > maximumBuffersPerKernel || !isSound(graph, merged)) return undefined;
  return merged;
}

function joined(a: Draft, b: Draft): Draft | undefined {
  if (draftSize(a) !== draftSize(b)) return undefined;
  const [host, guest] = b.kind === 'map' ? [a, b] : [b, a];
  if (host.kind === 'scatterAdd' || !mayJoin(host, guest)) return undefined;
  return {
    kind: host.kind,
    hosts: [...host.hosts, ...guest.hosts],
    shape: host.shape,
    members: new Set([...a.members, ...b.members]),
    stores: [...a.stores, ...b.stores],
    order: Math.min(a.order, b.order),
  };
}

function mayJoin(host: Draft, guest: Draft): boolean {
  if (guest.kind === 'map') return true;
  if (host.kind !== 'reduce' || guest.kind !== 'reduce') return false;
  const space = (draft: Draft): number[] => reducedShape(draft.hosts[0]!);
  return sameShape(host.shape, guest.shape) && sameShape(space(host), space(guest));
}

/** Without temporaries that nobody but the merged kernel itself would read. */
function withoutUnread(graph: DraftGraph, draft: Draft, parts: ReadonlySet<BuiltDraft>): Draft {
  const read = ({ node, role, copy }: Store): boolean =>
    role !== 'temporary' || copy || [...graph.readersOf(node)].some((each) => !parts.has(each));
  return { ...draft, stores: draft.stores.filter(read) };
}

/**
 * A kernel may read memory it writes only where it writes it at that moment, and what it computes
 * itself it must not read from memory at all.
 */
function isSound(graph: DraftGraph, { draft, loads }: BuiltDraft): boolean {
  const computed = new Set<GraphNode>([...draft.members, ...draft.hosts]);
  for (const node of loads.keys()) if (computed.has(node)) return false;
  return draft.stores.every((store) => {
    const node = graph.overwritten(store);
    return node === undefined || (loads.get(node)?.identity ?? true);
  });
}

/** How many distinct buffers a kernel touches. */
export function bufferCount({ draft, loads }: BuiltDraft): number {
  return loads.size + draft.stores.length;
}
