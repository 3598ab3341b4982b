import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchChromium } from '../src/chromium.js';
import { describeInChromium } from '../src/describe-in-chromium.js';
import { isolation, serve, strictPolicy } from '../src/server.js';
import { visit } from '../src/visit.js';

await describeInChromium('the tests of pages', () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), 'gradus-harness-'));
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  /** Visits a page with these scripts, the first of which sets `done` to a value or a promise. */
  async function see(
    files: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ) {
    const html = '<!doctype html><script type="module" src="page.js"></script>';
    for (const [name, text] of Object.entries({ 'index.html': html, ...files })) {
      await writeFile(join(folder, name), text);
    }
    const server = await serve(folder, headers);
    const { page, problems } = await visit(browser, server.url);
    const done = await page.evaluate('globalThis.done');
    await page.close();
    await server.close();
    return { done, problems, violations: server.violations };
  }

  const answer = `
    globalThis.done = new Promise((resolve) => {
      new Worker('worker.js').onmessage = ({ data }) => resolve(data);
    });`;

  it('are isolated if the headers say so, and only then', async () => {
    const files = { 'page.js': 'globalThis.done = crossOriginIsolated;' };
    expect(await see(files, isolation)).toEqual({ done: true, problems: [], violations: [] });
    expect(await see(files)).toEqual({ done: false, problems: [], violations: [] });
  });

  it('let the strict policy compile WebAssembly, and start workers of the own origin', async () => {
    const files = {
      'page.js': answer,
      'worker.js': `
        const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
        WebAssembly.compile(empty).then(() => postMessage('compiled'));`,
    };
    const expected = { done: 'compiled', problems: [], violations: [] };
    expect(await see(files, strictPolicy)).toEqual(expected);
    expect(await see(files, { ...strictPolicy, ...isolation })).toEqual(expected);
  });

  it.each([
    ['a page', 'try { eval("1") } catch { globalThis.done = "refused"; }', ''],
    ['a worker', answer, 'try { eval("1") } catch { postMessage("refused"); }'],
  ])('notice what %s does against the policy', async (_, page, worker) => {
    const seen = await see({ 'page.js': page, 'worker.js': worker }, strictPolicy);
    expect(seen.done).toBe('refused');
    expect(seen.violations.join()).toMatch(/script-src.*eval/);
  });

  it('notice errors in the console, of pages and of workers, and files that are missing', async () => {
    const files = {
      'page.js': `
        console.error('from the page');
        ${answer}
        await fetch('missing.txt');`,
      'worker.js': `console.error('from the worker'); setTimeout(() => postMessage('sent'), 50);`,
    };
    const { problems } = await see(files);
    expect(problems.join()).toContain('from the page');
    expect(problems.join()).toContain('from the worker');
    expect(problems.join()).toContain('404');
  });

  it('notice errors that nobody caught', async () => {
    const files = {
      'page.js': `
        globalThis.done = new Promise((resolve) => setTimeout(resolve, 50));
        throw new RangeError('out of it');`,
    };
    const { problems } = await see(files);
    expect(problems.join()).toContain('RangeError: out of it');
  });
});
