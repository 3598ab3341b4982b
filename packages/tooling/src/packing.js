import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from './workspace.js';

/** The environment without what a surrounding `pnpm run` says to another package manager. */
function plainEnvironment() {
  const entries = Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name));
  return Object.fromEntries(entries);
}

/**
 * @param {string[]} command
 * @param {string} cwd
 */
function run([program = '', ...args], cwd) {
  // Windows starts `npx` and `npm` through a shell only.
  const shell = process.platform === 'win32';
  const options = { cwd, shell, env: plainEnvironment(), maxBuffer: 2 ** 26 };
  return execFileSync(program, args, { ...options, encoding: 'utf8', stdio: 'pipe' });
}

/**
 * Packs built packages of this workspace as they go to the registry.
 *
 * @param {string[]} names Package names; each must have been built.
 * @param {string} destination Folder for the tarballs.
 * @returns {Map<string, string>} The tarball's path of each name.
 */
export function packPackages(names, destination) {
  const filters = names.flatMap((name) => ['--filter', name]);
  const pack = ['pack', '--json', '--pack-destination', destination];
  const output = run(
    ['npx', '--yes', 'pnpm@10', '--recursive', ...filters, ...pack],
    workspaceRoot,
  );
  /** @type {{ name: string, filename: string }[]} */
  const packed = [JSON.parse(output)].flat();
  return new Map(packed.map(({ name, filename }) => [name, filename]));
}

/**
 * Makes a project outside the workspace that has installed tarballs with npm, as a user would.
 *
 * @param {string} directory Is created where missing.
 * @param {Iterable<string>} tarballs
 */
export function installTarballs(directory, tarballs) {
  mkdirSync(directory, { recursive: true });
  const manifest = { name: 'consumer', private: true, type: 'module' };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
  run(['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], directory);
}
