import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as vite8 from 'vite';
import * as vite7 from 'vite-7';
import { launchChromium } from '../../src/chromium.js';
import { describeInChromium } from '../../src/describe-in-chromium.js';
import { makeProject } from '../../src/packed/project.js';
import {
  expectTraining,
  expectTrainingIn,
  pages,
  trainInNode,
  trainInPage,
} from '../../src/packed/training.js';

/** What both versions take: no configuration but the project's folder. */
const settings = { configFile: false, logLevel: 'silent' } as const;

await describeInChromium('Vite, without configuration', async () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  describe('version 8', async () => {
    const root = await makeProject();
    const inNode = await trainInNode(root);

    it.each(pages)('trains in development, $name', async ({ headers, threads }) => {
      const server = await vite8.createServer({ ...settings, root, server: { headers, port: 0 } });
      const page = await visitServer(await server.listen());
      expectTraining(page, inNode, threads);
    });

    it('builds', () => vite8.build({ ...settings, root }));

    it.each(pages)('trains what it built, $name', (page) =>
      expectTrainingIn(browser, join(root, 'dist'), page, inNode, 1),
    );
  });

  describe('version 7', async () => {
    const root = await makeProject();
    const inNode = await trainInNode(root);
    it.each(pages)('is told in development what it needs, $name', async ({ headers }) => {
      const server = await vite7.createServer({ ...settings, root, server: { headers, port: 0 } });
      const page = await visitServer(await server.listen());
      expect(page.training).toEqual({
        error: expect.stringContaining(
          "optimizeDeps: { exclude: ['@gradus/backend-wasm'",
        ) as string,
      });
    });

    it.each(pages)(
      'trains in development when it has that, $name',
      async ({ headers, threads }) => {
        const server = await vite7.createServer({
          ...settings,
          root,
          server: { headers, port: 0 },
          optimizeDeps: { exclude: ['gradus'] },
        });
        const page = await visitServer(await server.listen());
        expectTraining(page, inNode, threads);
      },
    );

    it('builds', () => vite7.build({ ...settings, root }));

    it.each(pages)('trains what it built, $name', (page) =>
      expectTrainingIn(browser, join(root, 'dist'), page, inNode, 1),
    );
  });

  /** Runs the program in a page of a development server, and closes that. */
  async function visitServer(server: vite7.ViteDevServer | vite8.ViteDevServer) {
    const page = await trainInPage(browser, server.resolvedUrls!.local[0]!);
    await server.close();
    return page;
  }
});
