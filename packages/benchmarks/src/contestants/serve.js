/**
 * `node serve.js MODULE [OPTIONS as JSON]`: one contestant in a process of its own, so that none
 * shares a heap, an optimising compiler or flags with another. It reads one request a line and
 * answers with a line, as `py-torch.py` does:
 *
 * - nothing asked, once it is ready: `{ description }`
 * - `{ prepare: case }`, a case of `../cases`: `{}`
 * - `{ round: number }`: `{ milliseconds, result }`, a loss or the sum of a product
 *
 * What goes wrong is `{ error }`. Inputs are made before the clock starts, sums after it stops.
 */
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { batch } from '../cases/network.js';
import { operands } from '../cases/product.js';

/**
 * @typedef {import('../cases/network.js').Network | import('../cases/product.js').Product} Case
 * @typedef {(round: number) => Promise<{ milliseconds: number, result: number }>} Run
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
    return async (round) => {
      const inputs = batch(given, round);
      const start = performance.now();
      const result = await step(inputs);
      return { milliseconds: performance.now() - start, result };
    };
  }
  const multiply = await library.product(given);
  return async (round) => {
    const inputs = operands(given, round);
    const start = performance.now();
    const values = await multiply(inputs);
    const milliseconds = performance.now() - start;
    return { milliseconds, result: values.reduce((total, value) => total + value, 0) };
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
    answer(request.prepare ? {} : ((await run?.(request.round)) ?? { error: 'not prepared' }));
  }
} catch (error) {
  answer({ error: error instanceof Error ? error.message : String(error) });
}
// Whoever asked has gone, or there is nothing more to say.
process.exit();
