import { expect, it } from 'vitest';
import { makeProject } from '../../src/packed/project.js';
import { trainInNode } from '../../src/packed/training.js';

it('packed packages train in Node with two threads, and the process ends by itself', async () => {
  const { losses, threads } = await trainInNode(await makeProject());
  expect(threads).toBe(2);
  expect(losses).toHaveLength(10);
  expect(losses.at(-1)! / losses[0]!).toBeLessThan(0.85);
});
