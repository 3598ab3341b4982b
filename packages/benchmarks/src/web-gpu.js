/**
 * Gradus beside jax-js and TensorFlow.js on WebGPU, in headless Chromium with its software adapter;
 * README.md says how to run it.
 */
import { readFile } from 'node:fs/promises';
import { networks } from './cases/networks.js';
import { productOf } from './cases/product.js';
import { machine } from './compare.js';
import { compareLosses } from './contest/losses.js';
import { readOptions } from './contest/options.js';
import { compete, summarize } from './contest/rounds.js';
import { comparison } from './contest/table.js';
import { openPages } from './contestants/pages.js';

/** @typedef {import('./contest/rounds.js').Score} Score */

/** How many rounds do not count: steps take long there, and engines have little to optimise. */
const warmups = 2;

/** How often a contestant is started anew for its first step. */
const starts = 3;

const options = readOptions({ rounds: 10 });
const names = options.names.length > 0 ? options.names : ['512', '128', 'step-mlp', 'step-lenet'];

/** Products and networks by name. */
function caseOf(/** @type {string} */ name) {
  if (Number(name) > 0) return productOf(Number(name), 1);
  const network = networks.find((each) => each.name === name);
  if (network === undefined) {
    const known = networks.map((each) => each.name).join(', ');
    throw new Error(`${name} is neither the size of a product nor one of ${known}.`);
  }
  const { batchSize = network.batchSize } = options;
  // Everybody draws other numbers.
  const layers = network.layers.filter(({ type }) => type !== 'dropout');
  return { ...network, batchSize, layers };
}

/** Whether products have the same sum, of as many rounded numbers as they have. */
function compareSums(
  /** @type {{ name: string, size: number }} */ product,
  /** @type {Score[]} */ scores,
) {
  const [first, ...others] = scores.filter(({ results }) => results.length > 0);
  for (const { name, results } of others) {
    const difference = Math.abs((results[0] ?? NaN) - (first?.results[0] ?? NaN)) / product.size;
    if (!(difference <= 1e-3)) {
      throw new Error(`${product.name}: ${name} has another product than ${first?.name}.`);
    }
  }
}

/** A row of the table, of the medians or the best of some times. */
function row(/** @type {string} */ name, /** @type {Score[]} */ scores, uncounted = warmups) {
  const cells = scores.map((score) => ({ ...score, ...summarize(score, uncounted) }));
  return { name, cells: cells.map(({ median, best, failure }) => ({ median, best, failure })) };
}

const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const { '@jax-js/jax': jax, '@tensorflow/tfjs-core': tensorFlow } = manifest.devDependencies;
const cases = names.map(caseOf);
const { contestants, close } = await openPages();
const entrants = options.choose(contestants);
const rows = [];
try {
  console.log(`${machine()}, ${new Date().toISOString().slice(0, 16)}Z`);
  console.log(`jax-js ${jax}, TensorFlow.js ${tensorFlow}`);
  for (const given of cases) {
    const firsts = entrants.map(() => /** @type {number[]} */ ([]));
    const note = (/** @type {Score[]} */ scores) =>
      scores.forEach(({ times }, i) => firsts[i]?.push(...times.slice(0, 1)));
    if (given.kind === 'training') {
      for (let start = 1; start < starts; start++) {
        note(await compete(entrants, given, { ...options, rounds: 1 }));
      }
    }
    const scores = await compete(entrants, given, options);
    note(scores);
    for (const { name, description, failure, times } of scores) {
      console.log(`${given.name}: ${name}, ${description}${failure ? `: ${failure}` : ''}`);
      console.log(`  ${times.map((time) => time.toFixed(1)).join(' ')}`);
    }
    if (given.kind === 'training') {
      compareLosses(given, scores);
      const first = scores.map((score, i) => ({ ...score, times: firsts[i] ?? [] }));
      rows.push(row(`${given.name}, first`, first, 0));
    } else compareSums(given, scores);
    rows.push(row(given.name, scores));
  }
} finally {
  await close();
}
console.log(
  `\n${comparison(
    entrants.map(({ name }) => name),
    rows,
    options.best,
  )}`,
);
