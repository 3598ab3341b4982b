import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { canFuse } from '../peak.js';

/**
 * How to start a contestant.
 *
 * @typedef {object} Contestant
 * @property {string} name For the command line and tables.
 * @property {string} command
 * @property {readonly string[]} parameters Of the command.
 */

const flag = 'experimental-wasm-relaxed-simd';

/**
 * Everybody who can take part on this machine.
 *
 * @returns {Contestant[]} Gradus first.
 */
export function contestants() {
  const fusion = [false, true].filter((fused) => !fused || canFuseWithFlag());
  return [
    ...fusion.flatMap((fused) => [2, 1].map((threads) => gradus(threads, fused))),
    ...fusion.flatMap((fused) => [2, 1].map((threads) => peak(threads, fused))),
    ...pythons().flatMap(pyTorch),
    script('jax-js', 'jax.js', {}),
    script('tensorflow-wasm', 'tensor-flow.js', { backend: 'wasm' }),
    script('gradus-cpu', 'gradus.js', { backend: 'cpu', threads: 1 }),
    script('tensorflow-cpu', 'tensor-flow.js', { backend: 'cpu' }),
  ];
}

/** */
function gradus(/** @type {number} */ threads, /** @type {boolean} */ fused) {
  const name = `gradus-${threads}${fused ? '-fma' : ''}`;
  return script(name, 'gradus.js', { backend: 'wasm', threads }, fused);
}

/** */
function peak(/** @type {number} */ threads, /** @type {boolean} */ fused) {
  return script(`peak-${threads}${fused ? '-fma' : ''}`, 'peak.js', { threads, fused }, fused);
}

/**
 * A module in a Node of its own, where relaxed SIMD is on or off, whatever this Node's default is.
 *
 * @param {string} name
 * @param {string} module
 * @param {object} options
 * @param {boolean} [fused]
 * @returns {Contestant}
 */
function script(name, module, options, fused = false) {
  const serve = fileURLToPath(new URL('serve.js', import.meta.url));
  const parameters = [`--${fused ? '' : 'no-'}${flag}`, serve, module, JSON.stringify(options)];
  return { name, command: process.execPath, parameters };
}

/** PyTorch with one thread and with two. */
function pyTorch(/** @type {{ python: string, version: string }} */ { python, version }) {
  const path = fileURLToPath(new URL('py-torch.py', import.meta.url));
  return [2, 1].map((threads) => ({
    name: `pytorch-${version}-${threads}`,
    command: python,
    parameters: [path, String(threads)],
  }));
}

/**
 * Where there is PyTorch, and which: `python3`, and the paths in the environment variable PYTHONS,
 * with colons between them.
 */
function pythons() {
  const candidates = ['python3', ...(process.env['PYTHONS'] ?? '').split(':').filter(Boolean)];
  return candidates.flatMap((python) => {
    const version = output(python, ['-c', 'import torch; print(torch.__version__)']);
    return version === undefined ? [] : [{ python, version: version.replace(/[+a-z].*$/, '') }];
  });
}

/** Whether Node compiles relaxed SIMD when it is told to. */
function canFuseWithFlag() {
  if (canFuse()) return true;
  const probe = `import('${new URL('../peak.js', import.meta.url).href}').then(({ canFuse }) => console.log(canFuse()))`;
  return output(process.execPath, [`--${flag}`, '-e', probe]) === 'true';
}

/** What a command prints, unless it fails. */
function output(/** @type {string} */ command, /** @type {string[]} */ parameters) {
  const { status, stdout } = spawnSync(command, parameters, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
