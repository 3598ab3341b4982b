import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

/** Under which names the browser is installed. */
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Nothing but the page under test talks to anybody. */
const quiet = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where Chromium is: what `GRADUS_CHROMIUM` says, else what the PATH has. */
export function findChromium(): string | undefined {
  const { GRADUS_CHROMIUM: chosen, PATH: path = '' } = process.env;
  if (chosen) return chosen;
  const folders = path.split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/**
 * Starts Chromium without a window.
 *
 * @param flags Command-line switches beside those that every test has.
 */
export async function launchChromium(flags: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error(missingChromium);
  return chromium.launch({ executablePath, args: [...quiet, ...flags] });
}

/** What to do where there is none. */
export const missingChromium =
  `Chromium is missing: install one of ${names.join(', ')}, ` +
  'or say where it is in the environment variable GRADUS_CHROMIUM.';

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
