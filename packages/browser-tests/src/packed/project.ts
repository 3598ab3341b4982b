import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const installed = fileURLToPath(new URL('../../dist/project', import.meta.url));

/**
 * A project of its own for the tests of a file, outside of this workspace, in which the packed
 * packages are installed.
 *
 * @param files Texts by name.
 * @returns Its folder.
 */
export async function makeProject(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gradus-packed-'));
  afterAll(() => rm(folder, { recursive: true }));
  await cp(installed, folder, { recursive: true }).catch((cause: unknown) => {
    throw new Error('The packed packages are not installed: run `pnpm build` first.', { cause });
  });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}
