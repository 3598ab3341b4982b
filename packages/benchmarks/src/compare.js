import { arch, cpus, platform } from 'node:os';
import { performance } from 'node:perf_hooks';

/**
 * One library's way of doing a piece of work.
 *
 * @typedef {object} Contender
 * @property {string} name Shown in the table.
 * @property {(round: number) => Promise<void> | void} [prepare] What is not timed: fresh inputs.
 * @property {(round: number) => Promise<number | void> | number | void} run Does the work on fresh
 *   inputs and returns a checksum of the result, so that nothing can be skipped.
 * @property {() => Promise<number> | number} [finish] Not timed either: the checksum, if `run` does
 *   not return it.
 */

/**
 * Times contenders in turn, round by round, so that a machine whose speed drifts treats them alike.
 *
 * @param {readonly Contender[]} contenders The first one is compared with the others.
 * @param {{ rounds?: number, warmups?: number, clock?: () => number }} [options] How often, and
 *   what tells milliseconds.
 * @returns {Promise<{ name: string, milliseconds: number, checksum: number }[]>} Medians.
 */
export async function compare(contenders, { rounds = 7, warmups = 2, clock = wallClock } = {}) {
  /** @type {number[][]} */
  const times = contenders.map(() => []);
  /** @type {number[]} */
  const checksums = contenders.map(() => NaN);
  for (let round = 0; round < rounds + warmups; round++) {
    for (const [position, contender] of contenders.entries()) {
      await contender.prepare?.(round);
      const start = clock();
      const pending = contender.run(round);
      const result = pending instanceof Promise ? await pending : pending;
      if (round >= warmups) times[position]?.push(clock() - start);
      checksums[position] = (await contender.finish?.()) ?? result ?? NaN;
    }
  }
  return contenders.map(({ name }, position) => ({
    name,
    milliseconds: median(times[position] ?? []),
    checksum: checksums[position] ?? NaN,
  }));
}

/** Milliseconds that pass. */
const wallClock = () => performance.now();

/**
 * Milliseconds that this process computes, all its threads together: what can be compared on a
 * machine that others use at the same time.
 */
export function processorClock() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
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
