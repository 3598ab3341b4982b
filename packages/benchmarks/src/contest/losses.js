/**
 * @typedef {import('./rounds.js').Score} Score
 */

/**
 * By how much losses may differ, relatively, and of how many steps: the one before any update, and
 * the one behind the first. Later on differences in rounding grow.
 */
const tolerance = 5e-4;
export const comparedSteps = 2;

/** Whether what it returns are losses. */
export const trains = (/** @type {{ name: string }} */ { name }) => !name.startsWith('peak');

/**
 * Says how well the losses agree that all who train have.
 *
 * @param {{ name: string }} network Of which case.
 * @param {readonly Score[]} scores Who did what.
 * @throws Error where somebody did other work than the first one.
 */
export function compareLosses(network, scores) {
  const [first, ...others] = scores.filter(
    ({ name, results }) => trains({ name }) && results.length > 0,
  );
  let greatest = 0;
  for (const { name, results } of others) {
    for (const [step, loss] of results.slice(0, comparedSteps).entries()) {
      const expected = first?.results[step] ?? loss;
      const difference = Math.abs(loss / expected - 1);
      greatest = Math.max(greatest, difference);
      if (!(difference <= tolerance)) {
        throw new Error(
          `${network.name}, step ${step}: ${first?.name} has the loss ${expected}, ${name} ${loss}.`,
        );
      }
    }
  }
  console.log(
    `${network.name}: losses of ${others.length + 1} contestants agree to ${greatest.toExponential(1)}`,
  );
}
