import { describeWith } from '@gradus/tooling/describe-with';
import { findChromium, missingChromium } from './chromium.js';

/**
 * Tests that need Chromium.
 *
 * @param define Defines the tests; it may wait, and is called only where there is Chromium.
 */
export function describeInChromium(
  name: string,
  define: () => void | Promise<void>,
): Promise<void> {
  return describeWith(name, requireChromium, define);
}

async function requireChromium(): Promise<void> {
  if (findChromium() === undefined) throw new Error(missingChromium);
}
