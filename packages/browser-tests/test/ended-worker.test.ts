import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleSite, type Site } from '../src/bundle.js';
import { launchChromium } from '../src/chromium.js';
import { describeInChromium } from '../src/describe-in-chromium.js';
import { isolation, serve, strictPolicy } from '../src/server.js';
import { visit } from '../src/visit.js';

await describeInChromium('a worker that ends without a word', () => {
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    browser = await launchChromium();
    site = await bundleSite({
      page: new URL('pages/ended-worker.ts', import.meta.url),
      worker: new URL('../../backend-wasm/src/runtime/worker.ts', import.meta.url),
    });
    const listener = `addEventListener('message', (event) => {
      if (event.data.kind !== 'run') return;
      event.stopImmediatePropagation();
      close();
    });`;
    await writeFile(join(site.folder, 'listener.js'), listener);
    await writeFile(
      join(site.folder, 'mortal.js'),
      "import './listener.js';\nimport './worker.js';",
    );
  });
  afterAll(async () => {
    await browser.close();
    await site.remove();
  });

  it.each([
    ['isolated', { ...strictPolicy, ...isolation }],
    ['not isolated', strictPolicy],
  ])('is noticed by a page that is %s', async (_, headers) => {
    const server = await serve(site.folder, headers);
    const { page, problems } = await visit(browser, server.url);
    expect(await page.evaluate('codes')).toEqual({ synchronous: false, code: 'DEVICE_LOST' });
    expect([...problems, ...server.violations]).toEqual([]);
    await page.close();
    await server.close();
  });
});
