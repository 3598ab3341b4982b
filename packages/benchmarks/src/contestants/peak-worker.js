/** Another thread of `peak.js`: works whenever the first flag changes, then counts the second up. */
import { parentPort, workerData } from 'node:worker_threads';
import { createPeak } from '../peak.js';

const { flags, fused, repeats } = workerData;
const { run } = createPeak(fused);
run();
parentPort?.postMessage('ready');
for (let round = 0; ; round++) {
  Atomics.wait(flags, 0, round);
  for (let i = 0; i < repeats; i++) run();
  Atomics.add(flags, 1, 1);
}
