import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import webpack from 'webpack';
import { launchChromium } from '../../src/chromium.js';
import { describeInChromium } from '../../src/describe-in-chromium.js';
import { makeProject } from '../../src/packed/project.js';
import { expectTrainingIn, pages, trainInNode } from '../../src/packed/training.js';

await describeInChromium('webpack, without configuration', async () => {
  const project = await makeProject();
  const inNode = await trainInNode(project);
  const path = join(project, 'dist');
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it('builds without a warning', async () => {
    const compiler = webpack({
      mode: 'production',
      context: project,
      entry: './page.js',
      output: { path, filename: 'page.js' },
      // Sizes have their own check, of the packages.
      performance: false,
    });
    const stats = await promisify(compiler.run.bind(compiler))();
    expect(stats?.toJson({ all: false, errors: true, warnings: true })).toEqual({
      errors: [],
      warnings: [],
    });
    await copyFile(join(project, 'index.html'), join(path, 'index.html'));
  }, 180_000);

  it.each(pages)('trains what it built, $name', (page) =>
    expectTrainingIn(browser, path, page, inNode, 1),
  );
});
