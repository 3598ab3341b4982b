/**
 * The build of this package: packs all libraries, and installs the tarballs with npm as a user
 * would, in `dist/project`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { installTarballs, packPackages } from '@gradus/tooling/packing';
import { publishedPackages } from '@gradus/tooling/workspace';

const project = resolve(import.meta.dirname, '../../dist/project');
const tarballs = mkdtempSync(join(tmpdir(), 'gradus-tarballs-'));
try {
  const libraries = publishedPackages().filter(({ folder }) => folder.startsWith('packages/'));
  const names = libraries.map(({ manifest }) => manifest.name);
  rmSync(project, { recursive: true, force: true });
  installTarballs(project, packPackages(names, tarballs).values());
} finally {
  rmSync(tarballs, { recursive: true });
}
