import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tensor, type GraphNode } from '../src/index.js';
import type { BuiltDraft } from '../src/plan/draft-builder.js';
import { DraftGraph } from '../src/plan/draft-graph.js';
import { DraftOrder } from '../src/plan/draft-order.js';
import type { Store } from '../src/plan/draft.js';

const inputCount = 3;

/** A kernel that computes nothing, but reads and writes. */
function draft(stores: readonly Store[], reads: Iterable<GraphNode>, order: number): BuiltDraft {
  return {
    draft: { kind: 'map', hosts: [], shape: [], members: new Set(), stores, order },
    values: [],
    prologues: [],
    loads: new Map([...reads].map((node) => [node, { identity: true }])),
    operations: 0,
    primitives: [],
  };
}

function joined(parts: readonly [BuiltDraft, BuiltDraft]): BuiltDraft {
  const stores = parts.flatMap((part) => part.draft.stores);
  const own = new Set(stores.map(({ node }) => node));
  const reads = parts.flatMap(({ loads }) => [...loads.keys()]).filter((node) => !own.has(node));
  return draft(stores, reads, Math.min(...parts.map((part) => part.draft.order)));
}

/** Kernels that read what some earlier ones wrote; the last reader of an input may overwrite it. */
function randomGraph(wiring: readonly (readonly number[])[]): DraftGraph {
  const inputs = Array.from({ length: inputCount }, (_, index) => tensor([index]).node);
  const limits = { multipleOutputs: true, maximumBuffersPerKernel: Infinity };
  const graph = new DraftGraph({ stored: new Set(), scalars: new Map(), inputs, limits });
  const nodes = [...inputs];
  const overwritten = new Set<GraphNode>();
  wiring.forEach(([choice = 0, ...reads], order) => {
    const node = tensor([order]).node;
    const loads = reads.map((read) => nodes[read % nodes.length]!);
    const position = choice % (4 * inputCount);
    const entry = inputs[position];
    const overwrites = entry !== undefined && !overwritten.has(entry);
    const role = overwrites ? 'input' : 'temporary';
    graph.add(
      draft(
        [{ node, role, position, copy: false }],
        loads.filter((each) => !overwritten.has(each)),
        order,
      ),
    );
    if (overwrites) overwritten.add(entry);
    nodes.push(node);
  });
  return graph;
}

it('finds the paths that a search of the whole graph finds, however drafts are merged', () => {
  const wiring = fc.array(fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 }), {
    minLength: 2,
    maxLength: 25,
    size: 'max',
  });
  const merges = fc.array(fc.tuple(fc.nat(1000), fc.nat(1000)), { maxLength: 25, size: 'max' });
  fc.assert(
    fc.property(wiring, merges, (wires, pairs) => {
      const graph = randomGraph(wires);
      const order = new DraftOrder(graph);
      for (const [first, second] of pairs) {
        const { drafts } = graph;
        const paths = new Map<BuiltDraft, boolean>();
        const a = drafts[first % drafts.length]!;
        for (const b of drafts) {
          if (b === a) continue;
          paths.set(b, graph.pathBetween(a, b) || graph.pathBetween(b, a));
          expect(order.pathBetween(a, b)).toBe(paths.get(b));
        }
        const free = [...paths.keys()].filter((each) => !paths.get(each)!);
        if (free.length === 0) continue;
        const parts = [a, free[second % free.length]!] as const;
        order.replace(parts, joined(parts));
      }
    }),
    { numRuns: 300 },
  );
});
