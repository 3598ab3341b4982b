import { parseArgs } from 'node:util';

/**
 * What the command line says, for all programs alike.
 *
 * @param {{ rounds: number }} defaults How many rounds unless it says.
 * @returns What to compare and how; `names` are the arguments that are no options, `choose` leaves
 *   of contestants those who take part.
 */
export function readOptions(defaults) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string' },
      without: { type: 'string' },
      rounds: { type: 'string', default: String(defaults.rounds) },
      seconds: { type: 'string', default: '20' },
      limit: { type: 'string', default: '60' },
      'batch-size': { type: 'string' },
      best: { type: 'boolean', default: false },
    },
  });
  const only = values.only?.split(',');
  const without = values.without?.split(',') ?? [];
  const isAmong = (/** @type {string[]} */ names, /** @type {string} */ name) =>
    names.some((start) => name === start || name.startsWith(`${start}-`));
  const batchSize = values['batch-size'];
  return {
    choose: (/** @type {readonly import('./player.js').Contestant[]} */ contestants) =>
      contestants.filter(
        ({ name }) => (only === undefined || isAmong(only, name)) && !isAmong(without, name),
      ),
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    limit: Number(values.limit),
    batchSize: batchSize === undefined ? undefined : Number(batchSize),
    best: values.best,
    names: positionals,
  };
}
