import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of this workspace. */
export const workspaceRoot = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * @typedef {object} Manifest The fields of a `package.json` that the checks read.
 * @property {string} name
 * @property {string} version
 * @property {boolean} [private]
 * @property {Record<string, unknown>} [exports]
 * @property {Record<string, string>} [bin]
 * @property {Record<string, string>} [scripts]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [peerDependencies]
 *
 * @typedef {object} Package
 * @property {string} folder Its path from the root, such as `packages/core`.
 * @property {Manifest} manifest
 */

/**
 * @param {string} path
 * @returns {Manifest}
 */
export function readManifest(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/**
 * All packages and applications, sorted by folder.
 *
 * @param {string} [root]
 * @returns {Package[]}
 */
export function workspacePackages(root = workspaceRoot) {
  return ['apps', 'packages']
    .filter((parent) => existsSync(join(root, parent)))
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .sort()
    .map((folder) => ({ folder, manifest: readManifest(join(root, folder, 'package.json')) }));
}

/**
 * The packages that go to the registry.
 *
 * @param {string} [root]
 */
export function publishedPackages(root = workspaceRoot) {
  return workspacePackages(root).filter(({ manifest }) => manifest.private !== true);
}
