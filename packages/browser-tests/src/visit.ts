import type { Browser, Page } from 'playwright-core';

/** A page, and all that went wrong in it. */
export interface Visit {
  readonly page: Page;
  /**
   * Errors in the console (violations of the content-security policy are among them), errors
   * that nobody caught, requests that failed; of the page and of its workers.
   */
  readonly problems: readonly string[];
}

/**
 * Opens a page. To wait for what it does, let it put a promise somewhere and `page.evaluate` that:
 * `page.waitForFunction` evaluates text in the page, which a strict policy forbids.
 *
 * @param url Where it is; its scripts have run as far as its `load` event when this resolves.
 * @param prepare What happens before: code for the page to run first, say.
 */
export async function visit(
  browser: Browser,
  url: string,
  prepare: (page: Page) => Promise<void> = async () => undefined,
): Promise<Visit> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${String(error)}`));
  page.on('crash', () => problems.push('the page crashed'));
  page.on('requestfailed', (request) => {
    problems.push(`request: ${request.url()}: ${request.failure()?.errorText ?? 'failed'}`);
  });
  await prepare(page);
  await page.goto(url);
  return { page, problems };
}
