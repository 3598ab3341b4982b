/**
 * `node build.js [folder...]`: builds packages and what they depend on, and says nothing but that
 * unless a build fails. Turbo skips what is up to date.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { workspaceRoot } from './workspace.js';

const filters = process.argv.slice(2).flatMap((folder) => ['--filter', `./${folder}`]);
const turbo = join(workspaceRoot, 'node_modules/turbo/bin/turbo');

console.log('Building what changed (everything, the first time: about a minute) …');
const { status, stdout, stderr, error } = spawnSync(
  process.execPath,
  [turbo, 'run', 'build', '--output-logs=errors-only', ...filters],
  {
    cwd: workspaceRoot,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  },
);
if (error !== undefined) throw error;
if (status !== 0) console.error(stdout + stderr);
process.exitCode = status ?? 1;
