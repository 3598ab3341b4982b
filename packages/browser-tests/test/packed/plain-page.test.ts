import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { launchChromium } from '../../src/chromium.js';
import { describeInChromium } from '../../src/describe-in-chromium.js';
import { makeProject } from '../../src/packed/project.js';
import { expectTrainingIn, pages, trainInNode } from '../../src/packed/training.js';

await describeInChromium('a page without any tool', async () => {
  const project = await makeProject();
  const inNode = await trainInNode(project);
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
    const file = 'gradus.browser.js';
    await copyFile(join(project, 'node_modules/gradus/dist', file), join(project, file));
    const script = join(project, 'train.js');
    const text = await readFile(script, 'utf8');
    await writeFile(script, text.replace("from 'gradus'", `from './${file}'`));
  });
  afterAll(() => browser.close());

  it.each(pages)('trains with the one file, $name', (page) =>
    expectTrainingIn(browser, project, page, inNode, 0),
  );
});
