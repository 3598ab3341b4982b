import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { checkSnippetTypes } from '../src/snippet-types.js';
import { expectedOutput, extractSnippets } from '../src/snippets.js';
import { workspacePackages, workspaceRoot } from '../src/workspace.js';

const fence = (marks: string, code: string) => `Text.\n\n\`\`\`${marks}\n${code}\n\`\`\`\n`;

it('finds ts fences and their lines', () => {
  const markdown =
    fence('ts', 'one();') + fence('sh', 'ls') + fence('ts no-run', 'two();') + fence('tsx', '<a/>');
  expect(extractSnippets(markdown)).toEqual([
    { line: 4, code: 'one();\n', run: true },
    { line: 14, code: 'two();\n', run: false },
  ]);
});

it('takes what follows an arrow for the expected output', () => {
  expect(expectedOutput('log(1); // → 1\nlog(2); // two\n// →   3 \n')).toEqual(['1', '  3']);
});

it('reports a snippet that does not type-check where it stands', () => {
  const folder = mkdtempSync(join(workspaceRoot, '.snippet-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'README.md'), fence('ts', "const one: number = 'two';\nexport {};"));
  const packageFolder = relative(workspaceRoot, folder);
  const readme = `${packageFolder}/README.md`;
  const message = "Type 'string' is not assignable to type 'number'.";
  expect(checkSnippetTypes([{ readme, packageFolder }])).toEqual([`${readme}:4: ${message}`]);
});

it('the snippets of every README and guide type-check', () => {
  const documents = workspacePackages()
    .map(({ folder }) => ({
      readme: `${folder}/README.md`,
      // Core's examples compute on a backend, which core itself cannot depend on.
      packageFolder: folder === 'packages/core' ? 'packages/gradus' : folder,
    }))
    .concat(
      ['README.md', 'docs/guides/writing-a-layer.md'].map((readme) => {
        return { readme, packageFolder: 'packages/gradus' };
      }),
    )
    .filter(({ readme }) => existsSync(join(workspaceRoot, readme)));
  expect(checkSnippetTypes(documents)).toEqual([]);
});
