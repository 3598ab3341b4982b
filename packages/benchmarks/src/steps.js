/**
 * Training steps of Gradus beside those of its peers; README.md says how to run it.
 */
import { networks } from './cases/networks.js';
import { machine } from './compare.js';
import { compareLosses, comparedSteps, trains } from './contest/losses.js';
import { readOptions } from './contest/options.js';
import { compete, summarize } from './contest/rounds.js';
import { contestants } from './contestants/index.js';

/**
 * @typedef {import('./cases/network.js').Network} Network
 * @typedef {import('./contest/rounds.js').Score} Score
 */

const options = readOptions({ rounds: 25 });
const entrants = options.choose(contestants());

/** The same network without what is random. */
function withoutDropout(/** @type {Network} */ network) {
  return { ...network, layers: network.layers.filter(({ type }) => type !== 'dropout') };
}

/** One line for each contestant, compared with the best of PyTorch's if it takes part. */
function report(/** @type {Network} */ network, /** @type {readonly Score[]} */ scores) {
  const summaries = scores.map((score) => {
    const { median, best, count } = summarize(score);
    return { ...score, milliseconds: options.best ? best : median, median, best, count };
  });
  const fastest = Math.min(
    ...summaries
      .filter(({ name }) => name.startsWith('pytorch'))
      .map(({ milliseconds }) => milliseconds || Infinity),
  );
  for (const { name, results, failure, milliseconds, median, best, count } of summaries) {
    const label = `${network.name.padEnd(20)} ${name.padEnd(18)}`;
    if (count === 0) console.log(`${label} ${failure}`);
    else if (trains({ name })) {
      const ratio = Number.isFinite(fastest)
        ? `${(milliseconds / fastest).toFixed(2)} x PyTorch`
        : '';
      console.log(
        `${label} ${median.toFixed(2).padStart(10)} ms  best ${best.toFixed(2).padStart(8)} ms  ` +
          `${ratio.padStart(15)}  loss ${results.at(-1)?.toFixed(5)} in step ${results.length}  ` +
          `${count} rounds${failure === undefined ? '' : `, then ${failure}`}`,
      );
    } else {
      console.log(
        `${label} ${((results[0] ?? NaN) / milliseconds / 1e6).toFixed(1).padStart(10)} GFLOP/s`,
      );
    }
  }
}

console.log(`${machine()}, ${new Date().toISOString().slice(0, 16)}Z`);
for (const network of networks) {
  if (options.names.length > 0 && !options.names.includes(network.name)) continue;
  const { batchSize = network.batchSize } = options;
  const given = { ...network, batchSize };
  const isRandom = network.layers.some(({ type }) => type === 'dropout');
  if (isRandom) {
    const check = { ...options, rounds: comparedSteps };
    compareLosses(given, await compete(entrants.filter(trains), withoutDropout(given), check));
  }
  const scores = await compete(entrants, given, options);
  if (!isRandom) compareLosses(given, scores);
  report(given, scores);
}
