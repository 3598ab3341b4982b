import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  cruise,
  type ICruiseOptions,
  type ICruiseResult,
  type IForbiddenRuleType,
} from 'dependency-cruiser';
import { afterEach, expect, it } from 'vitest';
import architecture from '../src/architecture.js';
import cycles from '../src/cycles.js';

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** Source texts by path, such as `packages/core/src/index.ts`. */
type Sources = Record<string, string>;

const folderOf = (path: string) => path.split('/').slice(0, 2).join('/');
const nameOf = (folder: string) => `@gradus/${folder.split('/')[1]!}`;

/** A workspace on disk in which every package may import every other, and `library` from npm. */
function workspace(sources: Sources): string {
  const root = mkdtempSync(join(tmpdir(), 'gradus-architecture-'));
  roots.push(root);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const folders = [...new Set(Object.keys(sources).map(folderOf))];
  const siblings = Object.fromEntries(folders.map((folder) => [nameOf(folder), 'workspace:^']));
  const entries = {
    '.': { source: './src/index.ts' },
    './backend': { source: './src/backend.ts' },
  };

  write('package.json', '{ "name": "fixture", "private": true }');
  for (const library of ['library', 'development', 'undeclared']) {
    write(`node_modules/${library}/package.json`, `{ "name": "${library}", "main": "index.js" }`);
    write(`node_modules/${library}/index.js`, 'export const library = 1;');
  }
  mkdirSync(join(root, 'node_modules/@gradus'));
  for (const folder of folders) {
    const name = nameOf(folder);
    const dependencies = { ...siblings, library: '^1.0.0' };
    const devDependencies = { development: '^1.0.0' };
    const manifest = { name, exports: entries, dependencies, devDependencies };
    write(`${folder}/package.json`, JSON.stringify(manifest));
    symlinkSync(join(root, folder), join(root, 'node_modules', name), 'dir');
  }
  for (const [path, text] of Object.entries(sources)) write(path, text);
  return root;
}

interface Rules {
  forbidden: IForbiddenRuleType[];
  options: ICruiseOptions;
}

/** `rule: from -> to` for every violation that dependency-cruiser reports. */
async function violations(sources: Sources, rules: Rules = architecture): Promise<string[]> {
  const { forbidden, options } = rules;
  const { output } = await cruise(['packages'], {
    ...options,
    ruleSet: { forbidden },
    validate: true,
    baseDir: workspace(sources),
  });
  const { summary } = output as ICruiseResult;
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`).sort();
}

const plain = 'export const value = 1;';

it('accepts a workspace that keeps the rules', async () => {
  const sources = {
    'packages/random/src/index.ts': plain,
    'packages/core/src/index.ts': "export { value } from '@gradus/random';",
    'packages/core/src/backend.ts': "export type { value } from './index.js';",
    'packages/autograd/src/index.ts': "export { value } from '@gradus/core';",
    'packages/backend-cpu/src/index.ts':
      "export { value } from '@gradus/core/backend';\nexport { kernel } from './kernel.js';",
    'packages/backend-cpu/src/kernel.ts': 'export const kernel = 1;',
    'packages/layers/src/index.ts':
      "export { value } from '@gradus/core';\nexport { library } from 'library';",
    'packages/layers/test/layers.test.ts':
      "import '@gradus/backend-cpu';\nimport 'development';\nimport 'node:fs';\nimport '../src/index.js';",
    'packages/data/src/index.ts': "export { value } from '@gradus/random';",
    'packages/mnist/src/index.ts': "export { value } from '@gradus/data';",
    'packages/mnist/src/platform.ts':
      "export type Files = typeof import('node:fs');\nexport type { Stats } from 'node:fs';",
    'packages/mnist/src/node.ts': "export { readFileSync } from 'node:fs';",
    'packages/mnist/src/node/cache.ts': "export { homedir } from 'node:os';",
    'packages/conformance/src/index.ts': "export { value } from '@gradus/backend-cpu';",
  };
  expect(await violations(sources)).toEqual([]);
});

/** One line each: the rule, the file that breaks it, what it says, what that resolves to. */
const violating = [
  {
    rule: 'core-imports-random-only',
    from: 'packages/core/src/index.ts',
    text: "export { value } from '@gradus/data';",
    to: 'packages/data/src/index.ts',
  },
  {
    rule: 'core-imports-random-only',
    from: 'packages/core/src/index.ts',
    text: "export const load = () => import('@gradus/layers');",
    to: 'packages/layers/src/index.ts',
  },
  {
    rule: 'backends-import-core-backend-only',
    from: 'packages/backend-wasm/src/index.ts',
    text: "export { value } from '@gradus/core';",
    to: 'packages/core/src/index.ts',
  },
  {
    rule: 'backends-import-core-backend-only',
    from: 'packages/backend-wasm/src/index.ts',
    text: "export type { value } from '@gradus/backend-cpu';",
    to: 'packages/backend-cpu/src/index.ts',
  },
  {
    rule: 'devices-are-passed-in',
    from: 'packages/layers/src/dense.ts',
    text: "import type { value } from '@gradus/backend-cpu';\nexport type Dense = typeof value;",
    to: 'packages/backend-cpu/src/index.ts',
  },
  {
    rule: 'devices-are-passed-in',
    from: 'packages/optim/src/adam.ts',
    text: "export { value } from '@gradus/backend-cpu';",
    to: 'packages/backend-cpu/src/index.ts',
  },
  ...['random', 'data', 'mnist'].map((name) => ({
    rule: 'data-knows-no-engine',
    from: `packages/${name}/src/index.ts`,
    text: "export { value } from '@gradus/core';",
    to: 'packages/core/src/index.ts',
  })),
  {
    rule: 'packages-import-no-app',
    from: 'packages/models/src/index.ts',
    text: "export { value } from '@gradus/cli';",
    to: 'apps/cli/src/index.ts',
  },
  {
    rule: 'siblings-by-name',
    from: 'packages/autograd/src/rules.ts',
    text: "export { value } from '../../core/src/node.js';",
    to: 'packages/core/src/node.ts',
  },
  {
    rule: 'sources-import-no-tests',
    from: 'packages/core/src/index.ts',
    text: "export { value } from '../test/helper.js';",
    to: 'packages/core/test/helper.ts',
  },
  {
    rule: 'declared-dependencies',
    from: 'packages/core/src/index.ts',
    text: "export { library } from 'development';",
    to: 'node_modules/development/index.js',
  },
  {
    rule: 'declared-dependencies',
    from: 'packages/core/src/index.ts',
    text: "export { library } from 'undeclared';",
    to: 'node_modules/undeclared/index.js',
  },
  {
    rule: 'browser-safe-sources',
    from: 'packages/mnist/src/cache.ts',
    text: "export { readFileSync } from 'node:fs';",
    to: 'fs',
  },
  {
    rule: 'no-unresolvable',
    from: 'packages/core/src/index.ts',
    text: "export { value } from './missing.js';",
    to: './missing.js',
  },
];

it.each(violating)('$rule: $from may not say $text', async ({ rule, from, text, to }) => {
  const target = /^(packages|apps)/.test(to) ? { [to]: plain } : {};
  expect(await violations({ ...target, [from]: text })).toEqual([`${rule}: ${from} -> ${to}`]);
});

it('finds files that load each other, though types go round the other way', async () => {
  const found = await violations(
    {
      'packages/core/src/a.ts':
        "import type { C } from './c.js';\nimport { b } from './b.js';\nexport type A = 1;\nexport const a: C = b;",
      'packages/core/src/b.ts':
        "import type { A } from './a.js';\nimport { c } from './c.js';\nexport type B = 1;\nexport const b: A = c;",
      'packages/core/src/c.ts':
        "import type { B } from './b.js';\nimport { a } from './a.js';\nexport type C = 1;\nexport const c: B = a;",
    },
    cycles,
  );
  expect(found).toEqual(['no-cycles: packages/core/src/a.ts -> packages/core/src/b.ts']);
});

it('lets types refer to each other', async () => {
  const sources = {
    'packages/core/src/tensor.ts':
      "import type { Node } from './node.js';\nexport class Tensor {\n  node?: Node;\n}",
    'packages/core/src/node.ts':
      "import { Tensor } from './tensor.js';\nexport type Node = Tensor;\nexport const tensor = new Tensor();",
  };
  expect(await violations(sources, cycles)).toEqual([]);
});

it('finds a cycle between packages whose files form none', async () => {
  const found = await violations({
    'packages/train/src/index.ts': "export { value } from '@gradus/models';",
    'packages/train/src/fit.ts': plain,
    'packages/models/src/index.ts': plain,
    'packages/models/src/backend.ts': "export { value } from '@gradus/train/backend';",
    'packages/train/src/backend.ts': plain,
  });
  expect(found).toEqual([
    'no-package-cycles: packages/models/src -> packages/train/src',
    'no-package-cycles: packages/train/src -> packages/models/src',
  ]);
});
