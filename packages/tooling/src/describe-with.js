import { describe, it } from 'vitest';

/**
 * Tests of what not every machine has. Where it is missing they are skipped, with the reason in their
 * title; in CI, where nothing may be missing, they fail instead.
 *
 * @template Thing
 * @param {string} name
 * @param {() => Promise<Thing>} open Gets it, or rejects with the reason why that cannot be.
 * @param {(thing: Thing) => void | Promise<void>} define Defines the tests; it may wait, and is called
 *   only with what was got.
 */
export async function describeWith(name, open, define) {
  /** @type {Thing} */
  let thing;
  try {
    thing = await open();
  } catch (error) {
    const reason = error instanceof Error ? error : new Error(String(error));
    if (process.env['CI']) it(name, () => Promise.reject(reason));
    else it.skip(`${name} (skipped: ${reason.message})`, () => undefined);
    return;
  }
  describe(name, () => define(thing));
}
