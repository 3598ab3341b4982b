import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { testReadme } from '@gradus/tooling/snippets';
import { CpuBackend } from '../src/index.js';
import { index, load, operation, planOf } from './support/build.js';

const folder = resolve(import.meta.dirname, '..');

testReadme(folder);

it('shows the code that a square becomes', async () => {
  const x = load(0, index(0));
  const value = operation('mul', 'float32', x, x);
  const plan = planOf(
    [
      { role: 'input', length: 1000 },
      { role: 'output', length: 1000 },
    ],
    [{ kind: 'map', name: 'square', shape: [1000], outputs: [{ buffer: 1, value }] }],
  );
  const [code] = new CpuBackend().compileSync(plan).source();
  expect(await readFile(resolve(folder, 'README.md'), 'utf8')).toContain(code);
});
