import type { GraphNode } from '../graph/node.js';
import { kindOf, type GraphDescription } from './describe.js';
import type { DraftGraph } from './draft-graph.js';
import { draftFor, type Draft, type Store } from './draft.js';

/** One draft for every stored node, and copies for what goes to a second place. */
export function initialDrafts(
  description: GraphDescription,
  stored: ReadonlySet<GraphNode>,
): Draft[] {
  const destinations = new Map<GraphNode, Store>();
  const copies: Store[] = [];
  const place = (node: GraphNode, role: Store['role'], position: number): void => {
    if (node.size === 0) return;
    const copy = kindOf(node) === 'buffer' || destinations.has(node);
    const store: Store = { node, role, position, copy };
    if (copy) copies.push(store);
    else destinations.set(node, store);
  };
  description.outputs.forEach((node, position) => place(node, 'output', position));
  for (const { value, entry } of description.updates) {
    // Assigning a variable its own value changes nothing.
    if (value !== entry) place(value, 'input', description.inputs.indexOf(entry));
  }
  const drafts: Draft[] = [];
  description.order.forEach((node, order) => {
    if (!stored.has(node) || node.size === 0) return;
    const temporary: Store = { node, role: 'temporary', position: 0, copy: false };
    drafts.push(draftFor(node, [destinations.get(node) ?? temporary], order));
  });
  const end = description.order.length;
  copies.forEach((store, index) => drafts.push(copyDraft(store, end + index)));
  return drafts;
}

/** A kernel that reads a node's memory and writes it to another place. */
function copyDraft(store: Store, order: number): Draft {
  const { shape } = store.node;
  return { kind: 'map', hosts: [], shape, members: new Set(), stores: [store], order };
}

/**
 * A kernel overwrites a variable's old value only when everybody who needs it has read it. Where
 * that is impossible (the kernel itself reads elsewhere than it writes, or a reader waits for the
 * new value), the new value goes to a temporary and is copied at the end.
 */
export function protectOverwrites(graph: DraftGraph, end: number): void {
  let order = end;
  for (const built of graph.drafts) {
    const [store] = built.draft.stores;
    if (store === undefined) continue;
    const entry = graph.overwritten(store);
    if (entry === undefined) continue;
    const readsElsewhere = built.loads.get(entry)?.identity === false;
    const readers = [...graph.readersOf(entry)].filter((reader) => reader !== built);
    const readerWaits = readers.some((reader) => reaches(graph, built, reader));
    if (!readsElsewhere && !readerWaits) continue;
    graph.remove(built);
    const temporary: Store = { ...store, role: 'temporary', position: 0 };
    graph.add(graph.build({ ...built.draft, stores: [temporary] }));
    graph.add(graph.build(copyDraft({ ...store, copy: true }, order++)));
  }
}

function reaches(
  graph: DraftGraph,
  from: ReturnType<DraftGraph['build']>,
  to: ReturnType<DraftGraph['build']>,
): boolean {
  for (const next of graph.successors(from)) if (next === to) return true;
  return graph.pathBetween(from, to);
}
