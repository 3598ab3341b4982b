import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

/**
 * @typedef {object} Snippet One fence of a Markdown file.
 * @property {number} line Where its code begins, counted from 1.
 * @property {string} code
 * @property {boolean} run False for fences marked `no-run`: they need what a test lacks.
 */

/**
 * The `ts` fences of a Markdown text.
 *
 * @param {string} markdown
 * @returns {Snippet[]}
 */
export function extractSnippets(markdown) {
  return [...markdown.matchAll(/^```ts\b(.*)\n([^]*?)^```$/gm)].map((fence) => {
    const [, marks = '', code = ''] = fence;
    const line = markdown.slice(0, fence.index).split('\n').length + 1;
    return { line, code, run: !marks.split(/\s+/).includes('no-run') };
  });
}

/**
 * What a snippet says that it prints: the comments that begin with an arrow.
 *
 * @param {string} code
 */
export function expectedOutput(code) {
  return [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, output = '']) => output.trimEnd());
}

/**
 * Defines one test for each `ts` fence of a README: it must run as a module of the package, and
 * print what its `// → …` comments say where it has some.
 *
 * @param {string} packageFolder Whose dependencies the snippets may import.
 * @param {string} [readme] Path of the file from that folder.
 */
export function testReadme(packageFolder, readme = 'README.md') {
  const path = resolve(packageFolder, readme);
  const snippets = extractSnippets(readFileSync(path, 'utf8')).filter(({ run }) => run);
  describe(basename(path), () => {
    it('has code to run', () => expect(snippets).not.toEqual([]));
    for (const { line, code } of snippets) {
      it(`line ${line}`, async () => {
        const printed = await run(packageFolder, code);
        const expected = expectedOutput(code);
        if (expected.length > 0) expect(printed).toEqual(expected);
      });
    }
  });
}

/**
 * @param {string} packageFolder
 * @param {string} code
 * @returns {Promise<string[]>} What it printed.
 */
async function run(packageFolder, code) {
  // Inside the package, so that imports resolve as they do for its own files.
  const folder = mkdtempSync(join(packageFolder, '.snippet-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'snippet.ts');
  writeFileSync(file, code);
  /** @type {string[]} */
  const printed = [];
  const log = vi.spyOn(console, 'log').mockImplementation((...values) => {
    printed.push(...format(...values).split('\n'));
  });
  onTestFinished(() => log.mockRestore());
  await import(pathToFileURL(file).href);
  return printed;
}
