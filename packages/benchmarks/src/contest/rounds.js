/**
 * @typedef {import('./player.js').Contestant} Contestant
 * @typedef {import('../contestants/answers.js').Case} Case
 *
 * What a contestant did.
 *
 * @typedef {object} Score
 * @property {string} name
 * @property {string} description
 * @property {number[]} times Milliseconds a run, a number for each round, warm-up included.
 * @property {number[]} results Of all runs.
 * @property {string | undefined} failure Why there are no more.
 */

/**
 * Runs a case, contestants in turn, round by round, so that a machine whose speed drifts treats them
 * alike. Slow ones drop out when they have had their time; what they did counts.
 *
 * @param {readonly Contestant[]} contestants Each is started, and waits while others work.
 * @param {Case} given What to do.
 * @param {{ rounds: number, seconds: number, limit: number }} options How many rounds; how long a
 *   contestant may go on; how long a single answer may take.
 * @returns {Promise<Score[]>} In order of the contestants.
 */
export async function compete(contestants, given, { rounds, seconds, limit }) {
  const players = contestants.map((contestant) => {
    /** @type {Score} */
    const score = {
      name: contestant.name,
      description: '',
      times: [],
      results: [],
      failure: undefined,
    };
    return { player: contestant.start(), score, spent: 0 };
  });
  /** Whether it is still in the game. */
  const attempt = async (
    /** @type {typeof players[0]} */ { player, score },
    /** @type {() => Promise<void>} */ work,
  ) => {
    try {
      await work();
    } catch (error) {
      score.failure = error instanceof Error ? error.message : String(error);
      await player.stop();
    }
  };
  for (const entry of players) {
    await attempt(entry, async () => {
      entry.score.description = (await entry.player.ask(undefined, limit)).description;
      await entry.player.ask({ prepare: given }, limit);
    });
  }
  for (let round = 0; round < rounds; round++) {
    for (const entry of players) {
      if (entry.score.failure !== undefined || entry.spent > 1000 * seconds) continue;
      await attempt(entry, async () => {
        const { times, results: all } = entry.score;
        const count = Math.min(10, Math.ceil(roundMilliseconds / (times.at(-1) ?? Infinity)) || 1);
        const request = { first: all.length, count };
        const { milliseconds, results } = await entry.player.ask(request, limit);
        times.push(milliseconds / count);
        all.push(...results);
        // In the first round it may compile.
        if (times.length > 1) entry.spent += milliseconds;
      });
    }
  }
  for (const { player } of players) await player.stop();
  return players.map(({ score }) => score);
}

/** For about how long a contestant works before the next one's turn. */
const roundMilliseconds = 50;

/**
 * What it took.
 *
 * @param {Score} score Whose.
 * @param {number} [warmups] How many rounds do not count, where there are more: engines optimise
 *   meanwhile.
 * @returns {{ median: number, best: number, count: number }} Of the rounds that count.
 */
export function summarize({ times }, warmups = 5) {
  const counted = times.slice(Math.max(0, Math.min(warmups, times.length - 1)));
  const sorted = [...counted].sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? NaN;
  return { median, best: sorted[0] ?? NaN, count: sorted.length };
}
