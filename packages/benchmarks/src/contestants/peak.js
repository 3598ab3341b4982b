import { Worker } from 'node:worker_threads';
import { createPeak } from '../peak.js';

/** How often a thread runs the loop in one measurement: for some 20 milliseconds. */
const repeats = 150;

/**
 * The most that the machine's 128-bit units do, on one thread or on several at once. Whatever the
 * case, a round multiplies and adds in registers; its result is the count of operations.
 *
 * @param {{ threads: number, fused: boolean }} options How many at once.
 * @returns {Promise<import('./library.js').Library>}
 */
export async function open({ threads, fused }) {
  const { run, operations } = createPeak(fused);
  const flags = new Int32Array(new SharedArrayBuffer(8));
  for (let i = 1; i < threads; i++) {
    const worker = new Worker(new URL('peak-worker.js', import.meta.url), {
      workerData: { flags, fused, repeats },
    });
    await new Promise((resolve) => worker.once('message', resolve));
  }
  const measure = async () => {
    // The first flag counts rounds, the second one threads that have finished.
    Atomics.store(flags, 1, 0);
    Atomics.add(flags, 0, 1);
    Atomics.notify(flags, 0);
    for (let i = 0; i < repeats; i++) run();
    while (Atomics.load(flags, 1) < threads - 1);
    return threads * repeats * operations;
  };
  const product = async () => async () => Float32Array.of(await measure());
  return { description: '128-bit peak', training: async () => measure, product };
}
