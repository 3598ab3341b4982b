import type { BuiltDraft } from './draft-builder.js';
import type { DraftGraph } from './draft-graph.js';

/** The drafts in an order that respects reads and writes; otherwise in the graph's order. */
export function schedule(graph: DraftGraph): BuiltDraft[] {
  const drafts = graph.drafts;
  const waitingFor = new Map<BuiltDraft, number>(drafts.map((draft) => [draft, 0]));
  const successors = new Map<BuiltDraft, Set<BuiltDraft>>();
  for (const draft of drafts) {
    const after = new Set(graph.successors(draft));
    after.delete(draft);
    successors.set(draft, after);
    for (const next of after) waitingFor.set(next, waitingFor.get(next)! + 1);
  }
  const ready = new MinimumHeap<BuiltDraft>(({ draft }) => draft.order);
  for (const draft of drafts) if (waitingFor.get(draft) === 0) ready.push(draft);
  const order: BuiltDraft[] = [];
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    order.push(next);
    for (const after of successors.get(next)!) {
      const left = waitingFor.get(after)! - 1;
      waitingFor.set(after, left);
      if (left === 0) ready.push(after);
    }
  }
  if (order.length !== drafts.length) throw new TypeError('The kernels of a plan form a cycle.');
  return order;
}

/** A binary heap: plans of a hundred thousand nodes are sorted in no time. */
class MinimumHeap<Item> {
  readonly #items: Item[] = [];
  readonly #key: (item: Item) => number;

  constructor(key: (item: Item) => number) {
    this.#key = key;
  }

  push(item: Item): void {
    const items = this.#items;
    let position = items.length;
    items.push(item);
    while (position > 0) {
      const parent = (position - 1) >> 1;
      if (this.#key(items[parent]!) <= this.#key(item)) break;
      items[position] = items[parent]!;
      position = parent;
    }
    items[position] = item;
  }

  pop(): Item | undefined {
    const items = this.#items;
    const least = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return least;
    let position = 0;
    for (;;) {
      let child = 2 * position + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.#key(items[child + 1]!) < this.#key(items[child]!)) {
        child++;
      }
      if (this.#key(last) <= this.#key(items[child]!)) break;
      items[position] = items[child]!;
      position = child;
    }
    items[position] = last;
    return least;
  }
}
