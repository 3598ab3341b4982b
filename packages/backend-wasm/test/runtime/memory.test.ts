import { OutOfMemoryError } from '@gradus/core/backend';
import { expect, it } from 'vitest';
import { ownMemory } from '../support/own-memory.js';

it('an arena that cannot grow stays as large as it was, in a place of its own', () => {
  const memory = ownMemory(1 << 20);
  memory.reserveArena(300_000);
  const buffer = memory.allocate(100_000);
  expect(() => memory.reserveArena(1 << 20)).toThrow(OutOfMemoryError);
  expect(memory.report().arenaBytes).toBe(300_000);
  const [start, end] = [memory.arenaAddress, memory.arenaAddress + 300_000];
  const { address } = memory.resolve(buffer, 'read');
  expect(address + 100_000 <= start || end <= address).toBe(true);
  const next = memory.allocate(100_000).place!.address;
  expect(next + 100_000 <= start || end <= next).toBe(true);
});
