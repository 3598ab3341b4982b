/**
 * `node serve.js MODULE [OPTIONS as JSON]`: one contestant in a process of its own, so that none
 * shares a heap, an optimising compiler or flags with another. It reads one request a line and
 * answers with a line, as `py-torch.py` does:
 *
 * - nothing asked, once it is ready: `{ description }`
 * - `{ prepare: case }`, a case of `../cases`: `{}`
 * - `{ first, count }`, numbers of runs with inputs of their own: `{ milliseconds, results }`, of all
 *   of them together, and of each: a loss, or the sum of a product
 *
 * What goes wrong is `{ error }`. Inputs are made before the clock starts, sums after it stops.
 */
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { batch } from '../cases/network.js';
import { operands } from '../cases/product.js';

/**
 * @typedef {import('../cases/network.js').Network | import('../cases/product.js').Product} Case
 * @typedef {{ first: number, count: number }} Request
 * @typedef {(request: Request) => Promise<{ milliseconds: number, results: number[] }>} Run
 */

const [module = '', options = '{}'] = process.argv.slice(2);
// Lines on the standard output are answers; libraries may greet elsewhere.
console.log = console.error;

/** One line on the standard output. */
function answer(/** @type {object} */ value) {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/**
 * The work of a case, timed.
 *
 * @param {import('./library.js').Library} library
 * @param {Case} given
 * @returns {Promise<Run>}
 */
async function prepare(library, given) {
  if (given.kind === 'training') {
    const step = await library.training(given);
    return timed(
      (number) => batch(given, number),
      step,
      (loss) => loss,
    );
  }
  const multiply = await library.product(given);
  const sum = (/** @type {Float32Array} */ values) =>
    values.reduce((total, value) => total + value, 0);
  return timed((number) => operands(given, number), multiply, sum);
}

/**
 * Runs one after another, as in a training loop.
 *
 * @template Inputs, Result
 * @param {(number: number) => Inputs} inputsOf
 * @param {(inputs: Inputs) => Promise<Result>} work
 * @param {(result: Result) => number} numberOf
 * @returns {Run}
 */
function timed(inputsOf, work, numberOf) {
  return async ({ first, count }) => {
    const inputs = Array.from({ length: count }, (_, i) => inputsOf(first + i));
    const results = [];
    const start = performance.now();
    for (const given of inputs) results.push(await work(given));
    const milliseconds = performance.now() - start;
    return { milliseconds, results: results.map(numberOf) };
  };
}

/** @type {Run | undefined} */
let run;
try {
  const { open } = await import(new URL(module, import.meta.url).href);
  const library = await open(JSON.parse(options));
  answer({ description: library.description });
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    if (request.prepare) run = await prepare(library, request.prepare);
    answer(request.prepare ? {} : ((await run?.(request)) ?? { error: 'not prepared' }));
  }
} catch (error) {
  answer({ error: error instanceof Error ? error.message : String(error) });
}
// Whoever asked has gone, or there is nothing more to say.
process.exit();
