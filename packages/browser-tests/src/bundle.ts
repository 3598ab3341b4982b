import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** A folder to serve, which exists until `remove`. */
export interface Site {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * Bundles scripts from the sources of this workspace, each under its name with `.js`, beside an
 * `index.html` whose only script is `page.js`.
 *
 * @param scripts Files by name.
 */
export async function bundleSite(scripts: Readonly<Record<string, URL>>): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'gradus-site-'));
  await build({
    entryPoints: Object.fromEntries(
      Object.entries(scripts).map(([name, url]) => [name, fileURLToPath(url)]),
    ),
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['source'],
    sourcemap: 'inline',
    logLevel: 'error',
  });
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html>\n<title>Gradus</title>\n<script type="module" src="/page.js"></script>\n',
  );
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
