/**
 * Matrix products inside a plan, beside those of peers; README.md says how to run it. At the end it
 * says where Gradus is slowest, compared with each of them, and what a second thread is worth.
 */
import { operationsOf, productOf } from './cases/product.js';
import { machine } from './compare.js';
import { readOptions } from './contest/options.js';
import { contestants } from './contestants/index.js';
import { compete, summarize } from './contest/rounds.js';

/** From 32 to 2048, powers of two and what lies beside them, tens, and whatever. */
const sizes = [
  ...[32, 33, 40, 48, 50, 63, 64, 65, 81, 96, 100, 127, 128, 129, 150, 200, 255, 256, 257, 300],
  ...[384, 400, 511, 512, 513, 600, 777, 1000, 1023, 1024, 1025, 1500, 2047, 2048],
];

/** By how much sums may differ, relatively to the root of how many numbers they add. */
const tolerance = 1e-3;

const options = readOptions({ rounds: 15 });
const entrants = options.choose(contestants());
const chosen = options.names.length > 0 ? options.names.map(Number) : sizes;

/** @type {Map<string, Map<number, number>>} Milliseconds by name and size. */
const table = new Map();

console.log(`${machine()}, ${new Date().toISOString().slice(0, 16)}Z`);
for (const size of chosen) {
  // Enough products that they are what takes the time.
  const length = Math.max(2, Math.min(64, Math.round(5e7 / size ** 3)));
  const product = productOf(size, length);
  const scores = await compete(entrants, product, options);
  const reference = scores.find(({ name, results }) => isLibrary(name) && results.length > 0);
  for (const score of scores) {
    const { name, results, failure } = score;
    const { median, best, count } = summarize(score);
    const milliseconds = options.best ? best : median;
    const label = `${product.name.padEnd(12)} x ${String(length).padEnd(3)} ${name.padEnd(18)}`;
    if (count === 0) {
      console.log(`${label} ${failure}`);
      continue;
    }
    const difference = Math.abs((results[0] ?? NaN) - (reference?.results[0] ?? NaN)) / size;
    if (isLibrary(name) && !(difference <= tolerance)) {
      throw new Error(`${product.name}: ${name} has another product than ${reference?.name}.`);
    }
    const operations = isLibrary(name) ? operationsOf(product) : (results[0] ?? NaN);
    const rate = operations / milliseconds / 1e6;
    console.log(
      `${label} ${milliseconds.toFixed(3).padStart(10)} ms ${rate.toFixed(1).padStart(7)} GFLOP/s  ${options.best ? 'best' : 'median'} of ${count}`,
    );
    if (!table.has(name)) table.set(name, new Map());
    table.get(name)?.set(size, milliseconds);
  }
}
for (const [name, own] of table) {
  if (!name.startsWith('gradus')) continue;
  for (const [other, theirs] of table) {
    const isPeer = ['jax', 'tensorflow', 'pytorch'].some((start) => other.startsWith(start));
    if (isPeer) console.log(`${name} is ${extremes(own, theirs)} times as fast as ${other}`);
  }
}
for (const suffix of ['', '-fma']) {
  const [one, two] = [table.get(`gradus-1${suffix}`), table.get(`gradus-2${suffix}`)];
  if (one && two)
    console.log(`two threads${suffix} are ${extremes(two, one)} times as fast as one`);
}

/** Whether it multiplies matrices. */
function isLibrary(/** @type {string} */ name) {
  return !name.startsWith('peak');
}

/** The least and the greatest of the ratios theirs / own, and at which sizes. */
function extremes(
  /** @type {Map<number, number>} */ own,
  /** @type {Map<number, number>} */ theirs,
) {
  const ratios = [...own]
    .map(([size, milliseconds]) => ({ size, ratio: (theirs.get(size) ?? NaN) / milliseconds }))
    .filter(({ ratio }) => !Number.isNaN(ratio))
    .sort((a, b) => a.ratio - b.ratio);
  const shown = [...new Set([...ratios.slice(0, 3), ...ratios.slice(-1)])];
  return shown.map(({ size, ratio }) => `${ratio.toFixed(2)} (${size})`).join(', ');
}
