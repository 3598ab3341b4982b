import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ProcessPlayer } from '../contest/process-player.js';
import { canFuse } from '../peak.js';

/** @typedef {import('../contest/player.js').Contestant} Contestant */

/**
 * Everybody who can take part on this machine.
 *
 * @returns {Contestant[]} Gradus first.
 */
export function contestants() {
  const engines = enginesHere();
  const threads = [2, 1];
  return [
    ...engines.flatMap((engine) => threads.map((count) => gradus(count, engine))),
    ...engines.flatMap((engine) => threads.map((count) => peak(count, engine))),
    ...pythons().flatMap(pyTorch),
    ...engines.map((engine) =>
      script(`jax-js${engine.suffix}`, 'jax.js', { backend: 'wasm' }, engine),
    ),
    script('tensorflow-wasm', 'tensor-flow-node.js', { backend: 'wasm' }),
    script('gradus-cpu', 'gradus.js', { backend: 'cpu', threads: 1 }),
    script('tensorflow-cpu', 'tensor-flow-node.js', { backend: 'cpu' }),
  ];
}

/**
 * Node with or without relaxed SIMD.
 *
 * @typedef {object} Engine
 * @property {readonly string[]} flags Of Node.
 * @property {boolean} fused Whether it multiplies and adds in one instruction.
 * @property {string} suffix Of the names of those who run there.
 */

/** Both, where Node has a flag for it; the one that there is, where it has none (any more). */
function enginesHere() {
  const flag = 'experimental-wasm-relaxed-simd';
  const engine = (/** @type {string[]} */ flags, /** @type {boolean} */ fused) =>
    /** @type {Engine} */ ({ flags, fused, suffix: fused ? '-fma' : '' });
  if (output(process.execPath, [`--${flag}`, '-e', '']) === undefined) {
    return [engine([], canFuse())];
  }
  return [engine([`--no-${flag}`], false), engine([`--${flag}`], true)];
}

/** */
function gradus(/** @type {number} */ threads, /** @type {Engine} */ engine) {
  const options = { backend: 'wasm', threads };
  return script(`gradus-${threads}${engine.suffix}`, 'gradus.js', options, engine);
}

/** */
function peak(/** @type {number} */ threads, /** @type {Engine} */ engine) {
  const options = { threads, fused: engine.fused };
  return script(`peak-${threads}${engine.suffix}`, 'peak.js', options, engine);
}

/**
 * A module in a Node of its own.
 *
 * @param {string} name
 * @param {string} module
 * @param {object} options
 * @param {Pick<Engine, 'flags'>} [engine]
 * @returns {Contestant}
 */
function script(name, module, options, { flags } = { flags: [] }) {
  const serve = fileURLToPath(new URL('serve.js', import.meta.url));
  const parameters = [...flags, serve, module, JSON.stringify(options)];
  return { name, start: () => new ProcessPlayer(process.execPath, parameters) };
}

/** PyTorch with one thread and with two. */
function pyTorch(/** @type {{ python: string, version: string }} */ { python, version }) {
  const path = fileURLToPath(new URL('py-torch.py', import.meta.url));
  return [2, 1].map((threads) => ({
    name: `pytorch-${version}-${threads}`,
    start: () => new ProcessPlayer(python, [path, String(threads)]),
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

/** What a command prints, unless it fails. */
function output(/** @type {string} */ command, /** @type {string[]} */ parameters) {
  const { status, stdout } = spawnSync(command, parameters, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
