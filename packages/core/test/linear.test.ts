import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  add,
  axisIndex,
  constantIndex,
  flatten,
  floorDiv,
  mod,
  scale,
  substitute,
  unflatten,
  type Atom,
  type Linear,
} from '../src/plan/linear.js';
import { packArena } from '../src/plan/arena.js';

/** The value of an index at a point, straight from its terms. */
function valueAt(index: Linear, point: readonly number[]): number {
  let value = index.constant;
  for (const { atom, coefficient } of index.terms.values())
    value += coefficient * atomAt(atom, point);
  return value + 0;
}

function atomAt(atom: Atom, point: readonly number[]): number {
  if (atom.kind === 'axis') return point[atom.axis]!;
  if (atom.kind === 'dynamic') throw new Error('not here');
  const inner = valueAt(atom.of, point);
  const quotient = Math.floor(inner / atom.by);
  return atom.kind === 'floorDiv' ? quotient : inner - quotient * atom.by;
}

type Evaluate = (point: readonly number[]) => number;
interface Case {
  readonly index: Linear;
  readonly at: Evaluate;
}

const extents = [4, 3, 6];
const leaf = fc.oneof(
  fc
    .integer({ min: 0, max: 2 })
    .map((axis): Case => ({ index: axisIndex(axis, extents[axis]!), at: (point) => point[axis]! })),
  fc.integer({ min: -9, max: 9 }).map((c): Case => ({ index: constantIndex(c), at: () => c })),
);
const { tree } = fc.letrec<{ tree: Case }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.tuple(tie('tree'), tie('tree')).map(([a, b]): Case => ({
      index: add(a.index, b.index),
      at: (point) => a.at(point) + b.at(point),
    })),
    fc.tuple(tie('tree'), fc.integer({ min: -4, max: 6 })).map(([a, factor]): Case => ({
      index: scale(a.index, factor),
      at: (point) => a.at(point) * factor,
    })),
    fc.tuple(tie('tree'), fc.integer({ min: 1, max: 12 })).map(([a, by]): Case => ({
      index: floorDiv(a.index, by),
      at: (point) => Math.floor(a.at(point) / by),
    })),
    fc.tuple(tie('tree'), fc.integer({ min: 1, max: 12 })).map(([a, by]): Case => ({
      index: mod(a.index, by),
      at: (point) => a.at(point) - Math.floor(a.at(point) / by) * by,
    })),
  ),
}));

function* points(): Generator<[number, number, number]> {
  for (let i = 0; i < 4; i++)
    for (let j = 0; j < 3; j++) for (let k = 0; k < 6; k++) yield [i, j, k];
}

describe('index algebra', () => {
  it('simplifies without changing a value or leaving its range', () => {
    fc.assert(
      fc.property(tree, ({ index, at }) => {
        for (const point of points()) {
          const value = at(point) + 0;
          expect(valueAt(index, point)).toBe(value);
          expect(index.least).toBeLessThanOrEqual(value);
          expect(index.greatest).toBeGreaterThanOrEqual(value);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('substitutes axes', () => {
    fc.assert(
      fc.property(tree, tree, ({ index, at }, inner) => {
        // The replacement must stay within the axis' range, as substitutions in the planner do.
        const bounded = mod(inner.index, 3);
        const replaced = substitute(index, (axis) =>
          axis === 1 ? bounded : axisIndex(axis, extents[axis]!),
        );
        for (const [i, j, k] of points()) {
          const value = inner.at([i, j, k]);
          expect(valueAt(replaced, [i, j, k])).toBe(
            at([i, value - Math.floor(value / 3) * 3, k]) + 0,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('what one reshape divides the next multiplies: nothing is left', () => {
    const shapes = [[72], [6, 12], [2, 3, 4, 3], [8, 9], [1, 72, 1], [36, 2], [3, 24]];
    for (const first of shapes) {
      for (const second of shapes) {
        const own = first.map((extent, axis) => axisIndex(axis, extent));
        const position = flatten(own, first);
        const there = unflatten(position, second);
        expect(flatten(there, second).key).toBe(position.key);
        expect(unflatten(flatten(there, second), first).map(({ key }) => key)).toEqual(
          own.map(({ key }) => key),
        );
      }
    }
  });

  it('adds nothing along an extent of 1, where a mask lets only 0 through', () => {
    const [row, masked, column] = [axisIndex(0, 5), axisIndex(1, 4), axisIndex(2, 3)];
    const position = flatten([row, add(masked, constantIndex(-2)), column], [5, 1, 3]);
    expect(position.key).toBe(flatten([row, column], [5, 3]).key);
    expect(unflatten(position, [5, 3]).map(({ key }) => key)).toEqual([row.key, column.key]);
  });
});

describe('arena', () => {
  const lifetimes = fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 20 }), fc.nat(6))
      .map(([byteLength, first, duration]) => ({ byteLength, first, last: first + duration })),
    { maxLength: 40 },
  );

  it('never overlaps what lives at the same time, aligned, within its size', () => {
    fc.assert(
      fc.property(lifetimes, (list) => {
        const { offsets, byteLength } = packArena(list);
        list.forEach((a, i) => {
          expect(offsets[i]! % 256).toBe(0);
          expect(offsets[i]! + a.byteLength).toBeLessThanOrEqual(byteLength);
          list.slice(0, i).forEach((b, j) => {
            const together = a.first <= b.last && b.first <= a.last;
            const apart =
              offsets[i]! + a.byteLength <= offsets[j]! ||
              offsets[j]! + b.byteLength <= offsets[i]!;
            expect(!together || apart || a.byteLength === 0 || b.byteLength === 0).toBe(true);
          });
        });
      }),
    );
  });

  it('shares memory between what does not', () => {
    const chain = Array.from({ length: 10 }, (_, i) => ({
      byteLength: 1024,
      first: i,
      last: i + 1,
    }));
    expect(packArena(chain).byteLength).toBe(2048);
  });
});
