import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'tsup';
import { afterAll } from 'vitest';

/** The package, built. */
export interface BuiltPackage {
  readonly folder: URL;
  /** The script of workers as it is published. */
  readonly worker: URL;
  /** A script of workers that runs some code, and then is the published one. */
  readonly workerAfter: (name: string, code: string) => Promise<URL>;
}

/**
 * Builds from the sources, since Node runs no TypeScript: `worker.js`, the script of workers as it
 * is published, and `programs.js`, all that programs in other processes import.
 */
export async function buildPackage(): Promise<BuiltPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'gradus-wasm-'));
  afterAll(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await build({
    config: false,
    entry: {
      worker: fileURLToPath(new URL('../../src/runtime/worker.ts', import.meta.url)),
      programs: fileURLToPath(new URL('programs.ts', import.meta.url)),
    },
    outDir: folder,
    format: 'esm',
    target: 'es2022',
    outExtension: () => ({ js: '.js' }),
    noExternal: [/./],
    silent: true,
    esbuildOptions: (options) => {
      options.conditions = ['source'];
    },
  });
  const url = pathToFileURL(`${folder}/`);
  const workerAfter = async (name: string, code: string): Promise<URL> => {
    await writeFile(new URL(`before-${name}.js`, url), code);
    const script = new URL(`${name}.js`, url);
    await writeFile(script, `import './before-${name}.js';\nimport './worker.js';`);
    return script;
  };
  return { worker: new URL('worker.js', url), folder: url, workerAfter };
}
