import type { GraphNode } from '../graph/node.js';
import { buildDraft, type BuiltDraft } from './draft-builder.js';
import type { Draft, Store } from './draft.js';

/** What the planner must respect of a backend. */
interface FusionLimits {
  readonly multipleOutputs: boolean;
  readonly maximumBuffersPerKernel: number;
}

/** Everything that stays the same while drafts are merged. */
export interface DraftContext {
  readonly stored: ReadonlySet<GraphNode>;
  readonly scalars: ReadonlyMap<GraphNode, number>;
  /** The plan's inputs in order: the memory behind stores of role `input`. */
  readonly inputs: readonly GraphNode[];
  readonly limits: FusionLimits;
}

/** The drafts of a plan, what each reads and writes, and which must run before which. */
export class DraftGraph {
  readonly context: DraftContext;
  readonly #built = new Set<BuiltDraft>();
  readonly #writers = new Map<GraphNode, BuiltDraft>();
  readonly #overwriters = new Map<GraphNode, BuiltDraft>();
  readonly #readers = new Map<GraphNode, Set<BuiltDraft>>();

  constructor(context: DraftContext) {
    this.context = context;
  }

  /** All drafts, in the order of the graph. */
  get drafts(): BuiltDraft[] {
    return [...this.#built].sort((a, b) => a.draft.order - b.draft.order);
  }

  /** Whether this draft has not been merged into another. */
  has(built: BuiltDraft): boolean {
    return this.#built.has(built);
  }

  /** Spells out a draft in the context of this graph. */
  build(draft: Draft): BuiltDraft {
    return buildDraft(draft, this.context.stored, this.context.scalars);
  }

  /** Adds a draft with what it reads and writes. */
  add(built: BuiltDraft): void {
    this.#built.add(built);
    for (const store of built.draft.stores) {
      if (!store.copy) this.#writers.set(store.node, built);
      const overwritten = this.overwritten(store);
      if (overwritten !== undefined) this.#overwriters.set(overwritten, built);
    }
    for (const node of built.loads.keys()) {
      const readers = this.#readers.get(node);
      if (readers === undefined) this.#readers.set(node, new Set([built]));
      else readers.add(built);
    }
  }

  /** Takes a draft out, to be replaced or dropped. */
  remove(built: BuiltDraft): void {
    this.#built.delete(built);
    for (const store of built.draft.stores) {
      if (this.#writers.get(store.node) === built) this.#writers.delete(store.node);
      const overwritten = this.overwritten(store);
      if (overwritten !== undefined) this.#overwriters.delete(overwritten);
    }
    for (const node of built.loads.keys()) this.#readers.get(node)?.delete(built);
  }

  /** The draft that puts `node` into the memory others read it from. */
  writerOf(node: GraphNode): BuiltDraft | undefined {
    return this.#writers.get(node);
  }

  /** The drafts that read `node` from memory. */
  readersOf(node: GraphNode): ReadonlySet<BuiltDraft> {
    return this.#readers.get(node) ?? new Set();
  }

  /** The input whose memory `store` overwrites. */
  overwritten({ role, position }: Store): GraphNode | undefined {
    return role === 'input' ? this.context.inputs[position] : undefined;
  }

  /** What cannot run before `built`: readers of what it writes, and whoever overwrites what it reads. */
  *successors(built: BuiltDraft): Generator<BuiltDraft> {
    for (const { node, copy } of built.draft.stores) {
      if (!copy) yield* this.readersOf(node);
    }
    for (const node of built.loads.keys()) {
      const overwriter = this.#overwriters.get(node);
      if (overwriter !== undefined && overwriter !== built) yield overwriter;
    }
  }

  /** What must run before `built`: writers of what it reads, and readers of what it overwrites. */
  *predecessors(built: BuiltDraft): Generator<BuiltDraft> {
    for (const node of built.loads.keys()) {
      const writer = this.writerOf(node);
      if (writer !== undefined && writer !== built) yield writer;
    }
    for (const store of built.draft.stores) {
      const overwritten = this.overwritten(store);
      if (overwritten === undefined) continue;
      for (const reader of this.readersOf(overwritten)) if (reader !== built) yield reader;
    }
  }

  /**
   * Whether `to` must run after `from` because of at least one draft in between, all of which
   * `mayPass` lets through.
   */
  pathBetween(
    from: BuiltDraft,
    to: BuiltDraft,
    mayPass: (draft: BuiltDraft) => boolean = () => true,
  ): boolean {
    const visited = new Set<BuiltDraft>();
    const stack = [...this.successors(from)].filter((next) => next !== to && next !== from);
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (visited.has(next) || !mayPass(next)) continue;
      visited.add(next);
      for (const after of this.successors(next)) {
        if (after === to) return true;
        if (after !== from) stack.push(after);
      }
    }
    return false;
  }
}
