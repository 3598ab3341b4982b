import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'tsup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let directory: string;

interface Report {
  readonly forbidden: boolean;
  readonly closures?: boolean;
  readonly outputs?: number[][];
  readonly error?: string;
}

async function run(flags: readonly string[], option: string): Promise<Report> {
  const script = join(directory, 'program.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, script, option]);
  return JSON.parse(stdout) as Report;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gradus-cpu-'));
  await build({
    entry: { program: fileURLToPath(new URL('support/strict-page.ts', import.meta.url)) },
    outDir: directory,
    outExtension: () => ({ js: '.mjs' }),
    format: 'esm',
    noExternal: [/./],
    config: false,
    silent: true,
    esbuildOptions(options) {
      options.conditions = ['source'];
    },
  });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

describe('where a policy forbids code from strings', () => {
  const strict = ['--disallow-code-generation-from-strings'];

  it.each(['auto', 'false'])('everything runs as closures with generateCode %s', async (option) => {
    const free = await run([], 'auto');
    expect(free).toMatchObject({ forbidden: false, closures: false });
    const report = await run(strict, option);
    expect(report).toEqual({ forbidden: true, closures: true, outputs: free.outputs });
  });

  it('to insist on generated code is an error that says what to do', async () => {
    const { forbidden, error } = await run(strict, 'true');
    expect(forbidden).toBe(true);
    expect(error).toMatch(/content-security policy.*'unsafe-eval'/);
  });
});
