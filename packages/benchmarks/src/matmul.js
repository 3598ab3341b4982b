import { cpu } from '@gradus/backend-cpu';
import { compile, tensor } from '@gradus/core';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { compare, machine } from './compare.js';

const device = cpu();
await tf.setBackend('cpu');

const product = compile(
  (
    /** @type {import('@gradus/core').Tensor} */ a,
    /** @type {import('@gradus/core').Tensor} */ b,
  ) => a.matMul(b),
  { device },
);

/**
 * Numbers in [−0.5, 0.5) that differ from round to round.
 *
 * @param {number} length How many.
 * @param {number} seed Which.
 * @returns {Float32Array} The same for the same arguments.
 */
function numbers(length, seed) {
  return Float32Array.from({ length }, (_, i) => (((i + seed) * 2654435761) % 1000) / 1000 - 0.5);
}

/**
 * Σ of the values.
 *
 * @param {Iterable<number>} values Any.
 * @returns {number} In double precision.
 */
function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

console.log(machine());
for (const size of [128, 256, 512]) {
  const rounds = Array.from({ length: 9 }, (_, round) => ({
    a: numbers(size * size, 2 * round),
    b: numbers(size * size, 2 * round + 1),
  }));
  const results = await compare([
    {
      name: 'gradus cpu',
      run: async (round) => {
        const { a, b } = rounds[round] ?? { a: [], b: [] };
        const shape = [size, size];
        return sum(await (await product(tensor(a, { shape }), tensor(b, { shape }))).data());
      },
    },
    {
      name: 'TensorFlow.js cpu',
      run: async (round) => {
        const { a, b } = rounds[round] ?? { a: [], b: [] };
        const left = tf.tensor2d(/** @type {Float32Array} */ (a), [size, size]);
        const right = tf.tensor2d(/** @type {Float32Array} */ (b), [size, size]);
        const result = tf.matMul(left, right);
        const total = sum(await result.data());
        tf.dispose([left, right, result]);
        return total;
      },
    },
  ]);
  const [own] = results;
  for (const { name, milliseconds, checksum } of results) {
    const rate = (2 * size ** 3) / milliseconds / 1e6;
    const ratio = milliseconds / (own?.milliseconds ?? NaN);
    console.log(
      `matmul ${size}  ${name.padEnd(18)} ${milliseconds.toFixed(1).padStart(8)} ms  ` +
        `${rate.toFixed(2).padStart(6)} GFLOP/s  ${ratio.toFixed(2)} x  checksum ${checksum.toFixed(3)}`,
    );
  }
}
