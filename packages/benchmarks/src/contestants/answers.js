import { batch } from '../cases/network.js';
import { operands } from '../cases/product.js';

/**
 * @typedef {import('../cases/network.js').Network | import('../cases/product.js').Product} Case
 * @typedef {{ first: number, count: number }} Request
 * @typedef {(request: Request) => Promise<{ milliseconds: number, results: number[] }>} Run
 */

/**
 * What a contestant says, in a process or in a page, and in Python in `py-torch.py`:
 *
 * - nothing asked, once it is ready: `{ description }`
 * - `{ prepare: case }`, a case of `../cases`: `{}`
 * - `{ first, count }`, numbers of runs with inputs of their own: `{ milliseconds, results }`, of all
 *   of them together, and of each: a loss, or the sum of a product
 *
 * Inputs are made before the clock starts, sums after it stops.
 *
 * @param {import('./library.js').Library} library Who.
 * @returns {(request?: any) => Promise<object>} Rejects with what goes wrong.
 */
export function answersOf(library) {
  /** @type {Run | undefined} */
  let run;
  return async (request) => {
    if (request === undefined) return { description: library.description };
    if (request.prepare !== undefined) {
      run = await prepare(library, request.prepare);
      return {};
    }
    if (run === undefined) throw new Error('not prepared');
    return run(request);
  };
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
  const { performance } = globalThis;
  return async ({ first, count }) => {
    const inputs = Array.from({ length: count }, (_, i) => inputsOf(first + i));
    const results = [];
    const start = performance.now();
    for (const given of inputs) results.push(await work(given));
    const milliseconds = performance.now() - start;
    return { milliseconds, results: results.map(numberOf) };
  };
}
