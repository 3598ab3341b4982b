/**
 * What the products of a training step take at the peak of the machine's 128-bit units, measured
 * in the same run, beside what Gradus takes; README.md says how to run it.
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { wasm } from '@gradus/backend-wasm';
import { setDefaultDevice } from '@gradus/core';
import { fillOf, worksOf } from './cases/layer-work.js';
import { batch } from './cases/network.js';
import { networks } from './cases/networks.js';
import { machine } from './compare.js';
import { compileStep } from './contestants/gradus.js';
import { open as openPeak } from './contestants/peak.js';
import { canFuse } from './peak.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '2' },
    steps: { type: 'string', default: '40' },
  },
});
const threads = Number(values.threads);
const steps = Number(values.steps);
const fused = canFuse();
const warmups = 10;

/** Milliseconds that something takes. */
async function millisecondsOf(/** @type {() => Promise<unknown>} */ work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The middle one. */
function median(/** @type {number[]} */ numbers) {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}

/** A line of the table; times in milliseconds. */
function line(
  /** @type {string} */ name,
  /** @type {string} */ work,
  /** @type {number} */ limit,
  /** @type {number | undefined} */ reached,
) {
  const share = reached === undefined ? '' : `${((100 * limit) / reached).toFixed(0)}%`;
  console.log(
    `| ${name.padEnd(31)} | ${work.padStart(7)} | ${limit.toFixed(2).padStart(6)} | ` +
      `${(reached?.toFixed(2) ?? '–').padStart(7)} | ${share.padStart(5)} |`,
  );
}

/** The table of a network. */
async function measure(/** @type {typeof networks[0]} */ network) {
  setDefaultDevice(await wasm({ threads, profile: true }));
  const { run, compiled } = await compileStep(network);
  const peak = await (await openPeak({ threads, fused })).training(network);
  const batches = Array.from({ length: warmups + steps }, (_, step) => batch(network, step));
  /** @type {number[]} */
  const times = [];
  /** @type {number[]} Operations a millisecond. */
  const rates = [];
  for (const given of batches.slice(0, warmups)) await run(given);
  const before = (await compiled(batch(network, 0))).profile ?? [];
  for (const given of batches.slice(warmups)) {
    times.push(await millisecondsOf(() => run(given)));
    let operations = 0;
    const milliseconds = await millisecondsOf(async () => {
      operations = await peak({ images: new Float32Array(), labels: new Int32Array() });
    });
    rates.push(operations / milliseconds);
  }
  const { plan, profile = [] } = await compiled(batch(network, 0));
  const own = profile.map(
    ({ milliseconds }, kernel) => (milliseconds - (before[kernel]?.milliseconds ?? 0)) / steps,
  );
  const rate = median(rates);
  console.log(
    `\n${network.name}, batch ${network.batchSize}: ${threads} threads${fused ? ', fused' : ''}, ` +
      `peak ${(rate / 1e6).toFixed(1)} GFLOP/s\n\n` +
      `| product                         |    MMAC |  limit | reached | share |\n` +
      `| ------------------------------- | ------- | ------ | ------- | ----- |`,
  );
  let [limits, products] = [0, 0];
  for (const work of worksOf(network)) {
    const limit = (2 * work.multiplyAdds) / fillOf(work) / rate;
    const position = plan.kernels.findIndex(work.isKernel);
    const reached = own[position];
    limits += limit;
    products += reached ?? 0;
    const name = `${work.layer}, ${work.pass}`;
    line(name, (work.multiplyAdds / 1e6).toFixed(1), limit, reached);
  }
  const kernels = own.reduce((total, time) => total + time, 0);
  line('all products', '', limits, products);
  line('other kernels', '', 0, kernels - products);
  line('between runs', '', 0, median(times) - kernels);
  line('step', '', limits, median(times));
}

console.log(`${machine()}, ${new Date().toISOString().slice(0, 16)}Z`);
const chosen = positionals.length > 0 ? positionals : ['step-conv-large', 'step-conv-dropout'];
for (const network of networks) if (chosen.includes(network.name)) await measure(network);
process.exit();
