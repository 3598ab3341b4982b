import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { publishedPackages, workspacePackages, workspaceRoot } from '../src/workspace.js';

const changesetCli = join(workspaceRoot, 'node_modules/@changesets/cli/bin.js');
let root: string;

function run(program: string, ...args: string[]): void {
  const environment = { ...process.env, GIT_CONFIG_GLOBAL: '', GIT_CONFIG_NOSYSTEM: '1' };
  execFileSync(program, args, { cwd: root, env: environment, stdio: 'pipe' });
}

/** A git repository with this workspace's manifests and changesets, all packages at 0.1.0. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gradus-changesets-'));
  for (const path of ['package.json', 'pnpm-workspace.yaml', '.changeset']) {
    cpSync(join(workspaceRoot, path), join(root, path), { recursive: true });
  }
  for (const { folder, manifest } of workspacePackages()) {
    mkdirSync(join(root, folder), { recursive: true });
    const copy = manifest.private === true ? manifest : { ...manifest, version: '0.1.0' };
    writeFileSync(join(root, folder, 'package.json'), JSON.stringify(copy));
  }
  symlinkSync(join(workspaceRoot, 'node_modules'), join(root, 'node_modules'), 'dir');
  writeFileSync(join(root, '.gitignore'), 'node_modules\n');
  run('git', 'init', '--quiet', '--initial-branch=main');
  run('git', 'add', '.');
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.invalid'];
  run('git', ...author, 'commit', '--quiet', '--message', 'Manifests');
});

afterEach(() => rmSync(root, { recursive: true }));

it.each(publishedPackages().map(({ manifest }) => manifest.name))(
  'a minor change of %s takes every published package from 0.1.0 to 0.2.0',
  (name) => {
    writeFileSync(join(root, '.changeset/added.md'), `---\n'${name}': minor\n---\n\nMore.\n`);
    run(process.execPath, changesetCli, 'version');
    const versions = publishedPackages(root).map(({ manifest }) => manifest.version);
    expect(versions).toEqual(versions.map(() => '0.2.0'));
  },
);

it('leaves private packages alone', () => {
  const privates = (folder?: string) =>
    workspacePackages(folder).filter(({ manifest }) => manifest.private === true);
  run(process.execPath, changesetCli, 'version');
  expect(privates(root)).toEqual(privates());
});
