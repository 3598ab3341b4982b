import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import { isolation, serve, strictPolicy } from '../server.js';
import { visit } from '../visit.js';

/** What the program of a project tells when it has trained. */
interface Training {
  readonly losses: readonly number[];
  readonly threads: number;
  /** Why there are not more threads. */
  readonly reason: string;
}

/** Runs the program in Node, which must end by itself with exit code 0. */
export async function trainInNode(project: string): Promise<Training> {
  const options = { cwd: project, timeout: 50_000 };
  const { stdout } = await promisify(execFile)(process.execPath, ['node.js'], options);
  return JSON.parse(stdout) as Training;
}

/** A page that ran the program. */
interface TrainingPage {
  /** What it told, or the error. */
  readonly training: Training | { readonly error: string };
  /** The maximum that it pooled then, and how many more files it has loaded for that. */
  readonly pooling: { readonly greatest: number; readonly loaded: number } | undefined;
  readonly problems: readonly string[];
}

/** Runs the program in a page. */
export async function trainInPage(browser: Browser, url: string): Promise<TrainingPage> {
  const { page, problems } = await visit(browser, url);
  const training = await page.evaluate<TrainingPage['training']>('globalThis.done');
  const pooling = 'error' in training ? undefined : await poolIn(page);
  await page.close();
  return { training, pooling, problems };
}

async function poolIn(page: Page): Promise<TrainingPage['pooling']> {
  const files = (): Promise<number> =>
    page.evaluate<number>("performance.getEntriesByType('resource').length");
  const before = await files();
  const greatest = await page.evaluate<number>('globalThis.pool()');
  return { greatest, loaded: (await files()) - before };
}

/** The pages to try: with the headers under which threads share memory, and without. */
export const pages = [
  { name: 'isolated', headers: { ...strictPolicy, ...isolation }, threads: 2 },
  { name: 'not isolated', headers: strictPolicy, threads: 1 },
] as const;

/**
 * Expects that the program trains in a page of a folder of scripts as it does in Node, under the
 * strict policy, and that it loads what it needs for pooling only then.
 *
 * @param parts How many files it should load then.
 */
export async function expectTrainingIn(
  browser: Browser,
  folder: string,
  { headers, threads }: (typeof pages)[number],
  inNode: Training,
  parts: number,
): Promise<void> {
  const server = await serve(folder, headers);
  const page = await trainInPage(browser, server.url);
  await server.close();
  expect(server.violations).toEqual([]);
  expectTraining(page, inNode, threads);
  expect(page.pooling?.loaded).toBe(parts);
}

/**
 * Expects of a page that it trained as Node did, and nothing went wrong.
 *
 * @param threads How many threads there must be: two where the page is isolated.
 */
export function expectTraining(page: TrainingPage, inNode: Training, threads: 1 | 2): void {
  expect(page.problems).toEqual([]);
  // Chromium may fuse multiplications and additions where Node does not.
  const losses = inNode.losses.map((loss) => expect.closeTo(loss, 4) as number);
  const reason = expect.stringMatching(
    threads === 2 ? /^the option threads is 2$/ : /Cross-Origin-Opener-Policy/,
  ) as string;
  expect(page.training).toEqual({ losses, threads, reason });
  expect(page.pooling?.greatest).toBe(4);
}
