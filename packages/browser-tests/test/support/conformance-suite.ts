import type { Device } from '@gradus/core';
import { backendSuite } from '@gradus/conformance';
import type { Browser } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleSite } from '../../src/bundle.js';
import { launchChromium } from '../../src/chromium.js';
import { describeInChromium } from '../../src/describe-in-chromium.js';
import { isolation, serve, strictPolicy } from '../../src/server.js';
import { visit } from '../../src/visit.js';
import type { Mode } from './conformance-page.js';

/** A page of the conformance tests. */
export interface ModeUnderTest {
  readonly isolated: boolean;
  /** What follows the question mark in its address. */
  readonly options: string;
  /** What it says of itself. */
  readonly expected: { readonly [Key in keyof Mode]?: Partial<Mode[Key]> };
}

/** A backend in Chromium. */
export interface BackendUnderTest {
  readonly name: string;
  /** What the page consists of; `page` defines the suite's cases. */
  readonly scripts: Readonly<Record<string, URL>>;
  /** What Chromium is started with. */
  readonly flags?: readonly string[];
  /** A device in Node with the same capabilities, to see that no case is missing. */
  readonly createDevice: () => Device | Promise<Device>;
}

/** The whole conformance suite in Chromium, under the strict policy: a test for each of its cases. */
export function conformanceInChromium(
  backend: BackendUnderTest,
  modes: Readonly<Record<string, ModeUnderTest>>,
): Promise<void> {
  return describeInChromium(`conformance of ${backend.name} in Chromium`, async () => {
    const [browser, site] = [
      await launchChromium(backend.flags),
      await bundleSite(backend.scripts),
    ];
    afterAll(async () => {
      await browser.close();
      await site.remove();
    });
    for (const [name, mode] of Object.entries(modes)) {
      await defineMode(backend, name, mode, browser, site.folder);
    }
  });
}

async function defineMode(
  backend: BackendUnderTest,
  name: string,
  { isolated, options, expected }: ModeUnderTest,
  browser: Browser,
  folder: string,
): Promise<void> {
  const server = await serve(folder, { ...strictPolicy, ...(isolated ? isolation : {}) });
  const { page, problems } = await visit(browser, `${server.url}?${options}`);
  const { cases, mode } = await page.evaluate(async () => {
    const { cases, mode } = await conformance;
    return { cases, mode };
  });
  describe(name, () => {
    afterAll(() => server.close());
    it('computes as its name says', () => expect(mode).toMatchObject(expected));
    it('has the cases that the suite has in Node', async () => {
      expect(cases.map(({ path }) => titleOf(path))).toEqual(await titlesInNode(backend));
    });
    for (const { path, body } of cases) {
      const title = path.slice(1).join(' › ');
      if (body === undefined) it.skip(title, () => undefined);
      else it(title, () => page.evaluate(async (at) => (await conformance).run(at), body));
    }
    it('has had no problem, and has not violated the policy', () => {
      expect(problems).toEqual([]);
      expect(server.violations).toEqual([]);
    });
  });
}

/** Without the reason for which a case is skipped. */
function titleOf(path: readonly string[]): string {
  return path.join(' › ').replace(/ \(skipped: .*\)$/, '');
}

async function titlesInNode({ name, createDevice }: BackendUnderTest): Promise<string[]> {
  const titles: string[] = [];
  const path: string[] = [];
  const it = (title: string): void => {
    titles.push(titleOf([...path, title]));
  };
  const inside = (title: string, define: () => void): void => {
    path.push(title);
    define();
    path.pop();
  };
  await backendSuite(
    { describe: inside, it: Object.assign(it, { skip: it }) },
    { name, createDevice },
  );
  return titles;
}
