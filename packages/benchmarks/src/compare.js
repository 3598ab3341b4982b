import { arch, cpus, platform } from 'node:os';
import { performance } from 'node:perf_hooks';

/**
 * One library's way of doing a piece of work.
 *
 * @typedef {object} Contender
 * @property {string} name Shown in the table.
 * @property {(round: number) => Promise<number>} run Does the work on fresh inputs and returns a
 *   checksum of the result, so that nothing can be skipped.
 */

/**
 * Times contenders in turn, round by round, so that a machine whose speed drifts treats them alike.
 *
 * @param {readonly Contender[]} contenders The first one is compared with the others.
 * @param {{ rounds?: number, warmups?: number }} [options] How often.
 * @returns {Promise<{ name: string, milliseconds: number, checksum: number }[]>} Medians.
 */
export async function compare(contenders, { rounds = 7, warmups = 2 } = {}) {
  /** @type {number[][]} */
  const times = contenders.map(() => []);
  /** @type {number[]} */
  const checksums = contenders.map(() => NaN);
  for (let round = 0; round < rounds + warmups; round++) {
    for (const [position, contender] of contenders.entries()) {
      const start = performance.now();
      checksums[position] = await contender.run(round);
      if (round >= warmups) times[position]?.push(performance.now() - start);
    }
  }
  return contenders.map(({ name }, position) => ({
    name,
    milliseconds: median(times[position] ?? []),
    checksum: checksums[position] ?? NaN,
  }));
}

/**
 * The middle value.
 *
 * @param {readonly number[]} values At least one.
 * @returns {number} Of two middle values, the greater one.
 */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/**
 * A line that says where the figures come from.
 *
 * @returns {string} Processor, cores, Node.
 */
export function machine() {
  return `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${platform()} ${arch()}, Node ${process.versions.node}`;
}
