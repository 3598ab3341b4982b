import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { ESLint } from 'eslint';
import { afterEach, expect, it } from 'vitest';
import config from '../src/eslint.js';

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** The names of the rules that the text breaks as a file of a fresh workspace. */
async function brokenRules(path: string, text: string): Promise<(string | null)[]> {
  const root = mkdtempSync(join(tmpdir(), 'gradus-eslint-'));
  roots.push(root);
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  const base = resolve(import.meta.dirname, '../tsconfig.base.json');
  const types = { types: [] };
  writeFileSync(
    join(root, 'tsconfig.json'),
    JSON.stringify({ extends: base, include: ['.'], compilerOptions: types }),
  );
  const eslint = new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: config });
  const [result] = await eslint.lintFiles([path]);
  return result!.messages.map(({ ruleId, message }) => ruleId ?? message);
}

// Put together here, so that whoever searches the repository for them finds only real ones.
const unfinished = ['TO', 'DO'].join('');
const silenced = ['@ts', 'ignore'].join('-');
const disabled = ['eslint', 'disable'].join('-');

const source = 'packages/core/src/index.ts';
const test = 'packages/core/test/core.test.ts';

it('accepts a documented, typed source', async () => {
  const text = `/** The shape of a matrix. */
export type Shape = readonly [rows: number, columns: number];

/**
 * Counts the elements.
 *
 * @param shape The extents.
 */
export function size(shape: Shape): number {
  let product = 1;
  for (const extent of shape) product *= extent;
  return product;
}

/** Says how large it is. */
export const describe = (shape: Shape): string => \`\${size(shape)} elements\`;
`;
  expect(await brokenRules(source, text)).toEqual([]);
});

it.each([
  ['jsdoc/require-jsdoc', 'export function size(): number {\n  return 1;\n}\n'],
  ['jsdoc/require-jsdoc', 'export const size = 1;\n'],
  ['jsdoc/require-jsdoc', 'export type Size = number;\n'],
  ['jsdoc/require-jsdoc', 'export interface Size {\n  rows: number;\n}\n'],
  [
    'jsdoc/require-jsdoc',
    '/** A shape. */\nexport class Shape {\n  size(): number {\n    return 1;\n  }\n}\n',
  ],
  ['jsdoc/require-description', '/** */\nexport const size = 1;\n'],
  ['no-warning-comments', `/** One. */\nexport const size = 1; // ${unfinished}: two\n`],
  ['no-restricted-globals', '/** Home. */\nexport const home = (): unknown => process;\n'],
  ['@typescript-eslint/no-explicit-any', '/** Any. */\nexport const anything = (): any => 1;\n'],
  ['@typescript-eslint/ban-ts-comment', `/** A. */\n// ${silenced}\nexport const size = 1;\n`],
  [
    '@typescript-eslint/no-floating-promises',
    '/** Runs. */\nexport function run(task: () => Promise<void>): void {\n  task();\n}\n',
  ],
  ['max-lines', '/** One. */\nexport const size = 1;\n'.padEnd(400, '\n')],
])('reports %s', async (rule, text) => {
  expect(await brokenRules(source, text)).toContain(rule);
});

it.each([
  ['it', 'only'],
  ['describe', 'only'],
  ['it', 'todo'],
])('reports %s.%s in a test', async (name, property) => {
  const text = `import { describe, it } from 'vitest';\nvoid describe;\n${name}.${property}('x');\n`;
  expect(await brokenRules(test, text)).toContain('no-restricted-syntax');
});

it('does not listen to comments that switch rules off', async () => {
  const text = `/* ${disabled} */\n/** One. */\nexport const size = 1; // ${unfinished}: two\n`;
  const broken = await brokenRules(source, text);
  expect(broken).toContain('no-warning-comments');
  expect(broken.some((rule) => rule?.includes('noInlineConfig'))).toBe(true);
});
