import type { BuiltDraft } from './draft-builder.js';
import type { DraftGraph } from './draft-graph.js';
import { schedule } from './schedule.js';

/**
 * Where each draft stands in an order of execution that changes as drafts are merged. A path only
 * leads forward, so it is searched between its ends and not in the whole rest of the graph.
 */
export class DraftOrder {
  readonly #graph: DraftGraph;
  #places: Map<BuiltDraft, number>;

  /** Of a graph without cycles. */
  constructor(graph: DraftGraph) {
    this.#graph = graph;
    this.#places = placesOf(graph);
  }

  /** Whether one of two drafts must run after the other because of at least one draft in between. */
  pathBetween(a: BuiltDraft, b: BuiltDraft): boolean {
    const [first, last] = this.#place(a) < this.#place(b) ? [a, b] : [b, a];
    const end = this.#place(last);
    return this.#graph.pathBetween(first, last, (draft) => this.#place(draft) < end);
  }

  /** Puts `merged` where `parts` were, in the graph too. */
  replace(parts: readonly BuiltDraft[], merged: BuiltDraft): void {
    const before = parts.map((part) => this.#place(part));
    for (const part of parts) {
      this.#graph.remove(part);
      this.#places.delete(part);
    }
    this.#graph.add(merged);
    const earliest = this.#extreme(Math.max, -Infinity, this.#graph.predecessors(merged));
    const latest = this.#extreme(Math.min, Infinity, this.#graph.successors(merged));
    const place = [...before, (earliest + latest) / 2].find(
      (candidate) => earliest < candidate && candidate < latest,
    );
    if (place === undefined) this.#places = placesOf(this.#graph);
    else this.#places.set(merged, place);
  }

  #place(draft: BuiltDraft): number {
    return this.#places.get(draft)!;
  }

  #extreme(
    choose: (a: number, b: number) => number,
    initial: number,
    drafts: Iterable<BuiltDraft>,
  ): number {
    let result = initial;
    for (const draft of drafts) result = choose(result, this.#place(draft));
    return result;
  }
}

function placesOf(graph: DraftGraph): Map<BuiltDraft, number> {
  return new Map(schedule(graph).map((draft, place) => [draft, place]));
}
