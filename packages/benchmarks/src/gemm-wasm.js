/**
 * The matrix product of `@gradus/backend-wasm` beside those of its peers, one thread each, and
 * beside the machine's 128-bit peak. Kernels are compared: operands are in place before the clock
 * starts and results are read after it stops. What it counts is processor time.
 *
 * `node src/gemm-wasm.js [rows × depth × columns …] [--transpose-right]`, after `pnpm build`.
 */
import { createRequire } from 'node:module';
import { encode, ModuleBuilder } from '@gradus/backend-wasm/assembler';
import { defineGemm, scratchBytes } from '@gradus/backend-wasm/gemm';
import { defaultDevice, init, numpy } from '@jax-js/jax';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { compare, machine, processorClock } from './compare.js';
import { canFuse, createPeak } from './peak.js';

const sizes = [
  [4, 4, 4],
  [8, 8, 8],
  [16, 16, 16],
  [32, 32, 32],
  [64, 64, 64],
  [100, 784, 200],
  [127, 129, 131],
  [250, 800, 128],
  [256, 256, 256],
  [511, 513, 509],
  [512, 512, 512],
  [1024, 1024, 1024],
  [2048, 2048, 2048],
];

/**
 * @typedef {object} Size
 * @property {number} rows
 * @property {number} depth
 * @property {number} columns
 * @property {boolean} transposed Whether the right operand lies in memory as columns × depth.
 * @property {number} repeats How often to multiply in one measurement.
 *
 * @typedef {import('./compare.js').Contender} Contender
 */

/** Numbers in [−0.5, 0.5) that differ from round to round. */
function numbers(/** @type {number} */ length, /** @type {number} */ seed) {
  return Float32Array.from({ length }, (_, i) => (((i + seed) * 2654435761) % 1000) / 1000 - 0.5);
}

/**
 * @param {Size} size
 * @param {number} round
 */
function operands({ rows, depth, columns }, round) {
  return { left: numbers(rows * depth, 2 * round), right: numbers(depth * columns, 2 * round + 1) };
}

/** Σ of the values. */
function sum(/** @type {Iterable<number>} */ values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/**
 * @param {Size} size
 * @param {boolean} fusedMultiplyAdd
 * @returns {Contender}
 */
function gradus(size, fusedMultiplyAdd) {
  const { rows, depth, columns, transposed, repeats } = size;
  const module = new ModuleBuilder();
  const lengths = [rows * depth, depth * columns + 16, rows * columns];
  const bytes = lengths.reduce(
    (total, length) => total + 4 * length,
    scratchBytes(fusedMultiplyAdd),
  );
  module.export('memory', module.memory({ initial: Math.ceil(bytes / 65536) + 1 }));
  const { multiply } = defineGemm(module, module.table({ initial: 0 }), { fusedMultiplyAdd });
  module.export('multiply', multiply);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(encode(module)));
  const call = /** @type {(...values: number[]) => void} */ (exports['multiply']);
  const { buffer } = /** @type {WebAssembly.Memory} */ (exports['memory']);
  const left = 1024 + scratchBytes(fusedMultiplyAdd);
  const right = left + 4 * rows * depth;
  const output = right + 4 * (depth * columns + 16);
  const layout = transposed ? [1, depth] : [columns, 1];
  return {
    name: `gradus${fusedMultiplyAdd ? ', fused' : ''}`,
    prepare: (round) => {
      const values = operands(size, round);
      new Float32Array(buffer, left).set(values.left);
      new Float32Array(buffer, right).set(values.right);
    },
    run: () => {
      for (let i = 0; i < repeats; i++) {
        call(
          left,
          depth,
          1,
          right,
          ...layout,
          output,
          columns,
          0,
          rows,
          0,
          columns,
          depth,
          1024,
          -1,
          0,
        );
      }
    },
    finish: () => sum(new Float32Array(buffer, output, rows * columns)),
  };
}

/**
 * @param {Size} size
 * @returns {Contender}
 */
function tensorFlow(size) {
  const { rows, depth, columns, transposed, repeats } = size;
  /** @type {tf.Tensor[]} */
  let tensors = [];
  /** @type {tf.Tensor | undefined} */
  let result;
  return {
    name: 'TensorFlow.js wasm',
    prepare: (round) => {
      const { left, right } = operands(size, round);
      const shape = /** @type {[number, number]} */ (
        transposed ? [columns, depth] : [depth, columns]
      );
      tensors = [tf.tensor2d(left, [rows, depth]), tf.tensor2d(right, shape)];
    },
    run: () => {
      const [left, right] = /** @type {[tf.Tensor2D, tf.Tensor2D]} */ (tensors);
      for (let i = 0; i < repeats; i++) {
        result?.dispose();
        result = tf.matMul(left, right, false, transposed);
      }
    },
    finish: () => {
      const total = sum(result?.dataSync() ?? []);
      tf.dispose([result, tensors]);
      result = undefined;
      return total;
    },
  };
}

/**
 * @param {Size} size
 * @returns {Contender}
 */
function jax(size) {
  const { rows, depth, columns, transposed, repeats } = size;
  /** @type {import('@jax-js/jax').Array[]} */
  let arrays = [];
  /** @type {import('@jax-js/jax').Array | undefined} */
  let result;
  return {
    name: 'jax-js wasm',
    prepare: async (round) => {
      const { left, right } = operands(size, round);
      const shape = transposed ? [columns, depth] : [depth, columns];
      arrays = [numpy.array(left).reshape([rows, depth]), numpy.array(right).reshape(shape)];
      for (const array of arrays) await array.blockUntilReady();
    },
    run: async () => {
      const [left, right] = arrays;
      if (!left || !right) return;
      for (let i = 0; i < repeats; i++) {
        result?.dispose();
        result = numpy.matmul(left.ref, transposed ? numpy.transpose(right.ref) : right.ref);
        await result.blockUntilReady();
      }
    },
    finish: async () => {
      const total = sum((await result?.data()) ?? []);
      for (const array of arrays) array.dispose();
      result = undefined;
      return total;
    },
  };
}

const names = process.argv.slice(2);
const transposed = names.includes('--transpose-right');
const chosen = names.filter((name) => /^\d/.test(name)).map((name) => name.split('x').map(Number));
const withFusion = canFuse();

const require = createRequire(import.meta.url);
setWasmPaths(
  require.resolve('@tensorflow/tfjs-backend-wasm/package.json').replace('package.json', 'dist/'),
);
await tf.setBackend('wasm');
await init('wasm');
defaultDevice('wasm');

console.log(
  `${machine()}; processor time, medians; times the first line's time, share of the peak`,
);
for (const [rows = 0, depth = 0, columns = 0] of chosen.length > 0 ? chosen : sizes) {
  const operations = 2 * rows * depth * columns;
  const repeats = Math.min(2000, Math.max(1, Math.round(2e7 / operations)));
  const size = { rows, depth, columns, transposed, repeats };
  const peaks = [createPeak(false), ...(withFusion ? [createPeak(true)] : [])];
  const contenders = [
    ...(withFusion ? [gradus(size, true)] : []),
    gradus(size, false),
    tensorFlow(size),
    jax(size),
    ...peaks.map(({ run }, i) => ({ name: `peak${i === 1 ? ', fused' : ''}`, run })),
  ];
  const rounds = operations > 5e9 ? 5 : 21;
  const results = await compare(contenders, { rounds, warmups: 6, clock: processorClock });
  const rates = results.map(({ name, milliseconds }) => {
    const peak = name.startsWith('peak') ? peaks[name === 'peak' ? 0 : 1] : undefined;
    return (peak?.operations ?? operations * repeats) / milliseconds / 1e6;
  });
  const rateOf = (/** @type {string} */ name) =>
    rates[results.findIndex((result) => result.name === name)];
  for (const [i, { name, checksum }] of results.entries()) {
    const rate = rates[i] ?? NaN;
    const peak = rateOf(name === 'gradus, fused' ? 'peak, fused' : 'peak') ?? NaN;
    console.log(
      `${rows}x${depth}x${columns}`.padEnd(16) +
        `${name.padEnd(20)} ${rate.toFixed(1).padStart(6)} GFLOP/s  ` +
        `${(rate / peak).toFixed(2)} of peak  ` +
        `${((rates[0] ?? NaN) / rate).toFixed(2).padStart(6)} x  ${Number.isNaN(checksum) ? '' : `checksum ${checksum.toFixed(3)}`}`,
    );
  }
}
