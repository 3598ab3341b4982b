import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FreeList } from '../../src/runtime/free-list.js';

describe('a list of free places', () => {
  it('joins neighbours when they are freed, whichever comes first', () => {
    const places = new FreeList(64);
    places.grow(300);
    const [a, b, c] = [places.take(100)!, places.take(100)!, places.take(100)!];
    expect([a, b, c, places.take(1)]).toEqual([64, 164, 264, undefined]);
    places.release(a, 100);
    places.release(c, 100);
    expect(places.take(101)).toBeUndefined();
    places.release(b, 100);
    expect(places.take(300)).toBe(64);
  });

  it('knows what is free at the end', () => {
    const places = new FreeList(0);
    expect(places.freeAtEnd).toBe(0);
    places.grow(10);
    places.take(4);
    expect([places.freeAtEnd, places.end]).toEqual([6, 10]);
    places.take(6);
    expect(places.freeAtEnd).toBe(0);
    places.grow(5);
    expect([places.freeAtEnd, places.end]).toEqual([5, 15]);
  });

  it('forgets what is cut off, free or taken, and takes it back no more', () => {
    const places = new FreeList(0);
    places.grow(300);
    const [a, b, c] = [places.take(100)!, places.take(100)!, places.take(50)!];
    places.truncate(150);
    expect([places.end, places.freeAtEnd, places.take(1)]).toEqual([150, 0, undefined]);
    places.release(c, 50);
    places.release(b, 100);
    expect(places.freeAtEnd).toBe(50);
    places.release(a, 100);
    expect(places.take(150)).toBe(0);
    places.release(0, 150);
    places.truncate(40);
    places.grow(20);
    expect(places.take(60)).toBe(0);
  });

  it('never gives a byte to two, and loses none', () => {
    const steps = fc.array(fc.integer({ min: -20, max: 60 }), { maxLength: 80 });
    fc.assert(
      fc.property(steps, (sizes) => {
        const places = new FreeList(0);
        places.grow(1000);
        const taken: { offset: number; size: number }[] = [];
        for (const size of sizes) {
          if (size > 0) {
            const offset = places.take(size);
            if (offset === undefined) continue;
            for (const other of taken) {
              expect(offset + size <= other.offset || other.offset + other.size <= offset).toBe(
                true,
              );
            }
            taken.push({ offset, size });
          } else if (taken.length > 0) {
            const [freed] = taken.splice(-size % taken.length, 1);
            places.release(freed!.offset, freed!.size);
          }
        }
        for (const { offset, size } of taken) places.release(offset, size);
        expect(places.take(1000)).toBe(0);
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});
