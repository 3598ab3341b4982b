import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

const installed = fileURLToPath(new URL('../../dist/project', import.meta.url));
const program = fileURLToPath(new URL('program', import.meta.url));

/**
 * A project of its own for the tests of a file, outside of this workspace: the packed packages
 * are installed, and the files of `program` are its own.
 *
 * @returns Its folder.
 */
export async function makeProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gradus-packed-'));
  afterAll(() => rm(folder, { recursive: true }));
  await cp(installed, folder, { recursive: true }).catch((cause: unknown) => {
    throw new Error('The packed packages are not installed: run `pnpm build` first.', { cause });
  });
  await cp(program, folder, { recursive: true });
  return folder;
}
