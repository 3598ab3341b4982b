/**
 * `node turbo.js TASK [FOLDER...]`: runs a task of turbo.json in packages and in what they depend
 * on, and says nothing but that unless it fails. Turbo skips what is up to date.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { workspaceRoot } from './workspace.js';

const [task = 'build', ...folders] = process.argv.slice(2);
const filters = folders.flatMap((folder) => ['--filter', `./${folder}`]);
const turbo = fileURLToPath(import.meta.resolve('turbo/bin/turbo'));

console.log(`Running ${task} where something changed (everywhere, the first time: a minute) …`);
const { status, stdout, stderr, error } = spawnSync(
  process.execPath,
  [turbo, 'run', task, '--output-logs=errors-only', ...filters],
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
