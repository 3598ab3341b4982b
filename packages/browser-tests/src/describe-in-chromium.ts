import { describe, it } from 'vitest';
import { findChromium, missingChromium } from './chromium.js';

/**
 * Tests that need Chromium. Without it they are skipped, with the reason in their title; in CI, or
 * where `GRADUS_REQUIRE_BROWSER` is set, they fail instead.
 *
 * @param define Defines the tests; it may wait, and is called only where there is Chromium.
 */
export function describeInChromium(name: string, define: () => void | Promise<void>): void {
  if (findChromium() !== undefined) describe(name, define);
  else if (process.env['CI'] || process.env['GRADUS_REQUIRE_BROWSER']) {
    it(name, () => Promise.reject(new Error(missingChromium)));
  } else it.skip(`${name} (skipped: ${missingChromium})`, () => undefined);
}
