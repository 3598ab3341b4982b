import type { Capabilities } from '../backend/backend.js';
import type { GraphNode } from '../graph/node.js';
import { sizeOf } from '../shape.js';
import type { BuiltDraft } from './draft-builder.js';
import type { DraftGraph } from './draft-graph.js';
import type { Draft, Store } from './draft.js';
import { visitIndices } from './draft-expression.js';
import { add, axisIndex, flatten, scale, type Linear } from './linear.js';

/** Drafts that become one kernel: a single one, or phases that are computed row by row. */
export interface Step {
  readonly drafts: readonly BuiltDraft[];
  /** How many leading axes of every draft are the rows; 0 where there is a single draft. */
  readonly rowAxes: number;
}

/** With fewer rows for each thread but the first, some would wait long for the one with most. */
const rowsPerThread = 8;

/**
 * Groups drafts that can be computed row by row. Each joins the group of the last draft that it
 * waits for, if all it needs from there is in its own row; so it may overtake drafts that it has
 * nothing to do with. Then neighbouring groups join where one waits for the other. Every draft is
 * looked at twice.
 *
 * @param scheduled The drafts of the graph, in an order in which they may run.
 */
export function groupRows(
  graph: DraftGraph,
  scheduled: readonly BuiltDraft[],
  capabilities: Capabilities,
): Step[] {
  if (!capabilities.kernels.includes('row')) return scheduled.map(alone);
  const groups: RowGroup[] = [];
  const places = new Map<BuiltDraft, number>();
  for (const built of scheduled) {
    let last = -1;
    for (const before of graph.predecessors(built)) last = Math.max(last, places.get(before)!);
    const group = new RowGroup(graph, built, capabilities);
    if (groups[last]?.append(group) !== true) last = groups.push(group) - 1;
    places.set(built, last);
  }
  const joined: RowGroup[] = [];
  for (const group of groups) {
    if (joined.at(-1)?.append(group) !== true) joined.push(group);
  }
  return joined.flatMap((group) => group.steps());
}

/** A draft as a kernel of its own. */
export function alone(built: BuiltDraft): Step {
  return { drafts: [built], rowAxes: 0 };
}

/** Drafts with common leading axes that need from each other what is in the same row only. */
class RowGroup {
  readonly #graph: DraftGraph;
  readonly #drafts = new Set<BuiltDraft>();
  readonly #leastRows: number;
  readonly #maximumBuffers: number;
  readonly #written = new Set<GraphNode>();
  readonly #buffers = new Set<GraphNode | Store>();
  /** The leading axes of each draft that are rows: fewer with every draft that needs it so. */
  #rows: readonly number[];

  constructor(graph: DraftGraph, first: BuiltDraft, capabilities: Capabilities) {
    const { threads, maximumBuffersPerKernel } = capabilities;
    this.#graph = graph;
    this.#rows = isPhase(first.draft) ? first.draft.shape : [];
    this.#leastRows = Math.max(2, rowsPerThread * (threads.count - 1));
    this.#maximumBuffers = maximumBuffersPerKernel;
    this.#drafts.add(first);
    for (const node of first.loads.keys()) this.#buffers.add(node);
    for (const store of first.draft.stores) {
      this.#buffers.add(store.copy ? store : store.node);
      if (!store.copy) this.#written.add(store.node);
    }
  }

  /** Takes in a group that waits for this one, if all can be computed row by row. */
  append(later: RowGroup): boolean {
    const added = [...later.#buffers].filter((buffer) => !this.#buffers.has(buffer));
    if (this.#buffers.size + added.length > this.#maximumBuffers) return false;
    let rows = commonStart(this.#rows, later.#rows);
    if (sizeOf(rows) < this.#leastRows) return false;
    const conflicts = this.#conflicts(later);
    if (conflicts.length === 0) return false;
    while (!conflicts.every((each) => isOwnRow(each, rows))) {
      rows = rows.slice(0, -1);
      if (sizeOf(rows) < this.#leastRows) return false;
    }
    this.#rows = rows;
    for (const draft of later.#drafts) this.#drafts.add(draft);
    for (const buffer of later.#buffers) this.#buffers.add(buffer);
    for (const node of later.#written) this.#written.add(node);
    return true;
  }

  /** One step of all, or, where nothing is reduced and so nothing repeated, one of each. */
  steps(): Step[] {
    const drafts = [...this.#drafts];
    const pays = drafts.length > 1 && drafts.some(({ draft }) => draft.kind === 'reduce');
    if (!pays) return drafts.map(alone);
    return [{ drafts, rowAxes: this.#rows.length }];
  }

  /** The loads for which a row of `later` must wait, or that must happen before it writes. */
  #conflicts(later: RowGroup): Access[] {
    const loads = [...later.#drafts].flatMap(loadsOf);
    const written = loads.filter(({ node }) => this.#written.has(node));
    const stores = [...later.#drafts].flatMap(({ draft }) => draft.stores);
    const overwritten = stores.flatMap((store) => {
      const node = this.#graph.overwritten(store);
      if (node === undefined) return [];
      const readers = [...this.#graph.readersOf(node)].filter((each) => this.#drafts.has(each));
      return readers.flatMap(loadsOf).filter((access) => access.node === node);
    });
    return [...written, ...overwritten];
  }
}

/** A place in the memory of a node. */
interface Access {
  readonly node: GraphNode;
  readonly index: Linear;
}

function loadsOf({ values, prologues }: BuiltDraft): Access[] {
  const loads: Access[] = [];
  visitIndices([...prologues, ...values], { load: (load) => loads.push(load) });
  return loads;
}

function isPhase({ kind }: Draft): boolean {
  return kind === 'map' || kind === 'reduce';
}

function commonStart(a: readonly number[], b: readonly number[]): readonly number[] {
  const end = a.findIndex((extent, axis) => extent !== b[axis]);
  return end < 0 ? a : a.slice(0, end);
}

/** Whether each row finds the place in its own share of the memory. */
function isOwnRow({ node, index }: Access, rows: readonly number[]): boolean {
  const size = node.size / sizeOf(rows);
  const row = rows.map((extent, axis) => axisIndex(axis, extent));
  const within = add(index, scale(flatten(row, rows), -size));
  return within.least >= 0 && within.greatest < size;
}
