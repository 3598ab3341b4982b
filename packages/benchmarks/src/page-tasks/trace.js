/**
 * @typedef {object} TraceEvent
 * @property {string} name
 * @property {string} cat
 * @property {number} pid
 * @property {number} tid
 * @property {number} ts Microseconds.
 * @property {number} [dur] Microseconds.
 * @property {number} [tdur] Those of them that the thread had the processor for.
 */

/** What a trace must hold. */
export const categories = ['toplevel', 'devtools.timeline', 'blink.user_timing'];

/**
 * The tasks of a page's main thread, by the marks behind which they began.
 *
 * @param {readonly TraceEvent[]} events What Chromium has traced, of `categories`.
 * @param {readonly string[]} phases The names of the page's marks, the last of which is the end.
 * @returns {{ phase: string, milliseconds: number, processor: number }[]} In no order; `processor`
 *   counts the time that the thread was running.
 */
export function tasksOf(events, phases) {
  const marks = phases.map((phase) => {
    const mark = events.find(
      ({ name, cat }) => name === phase && cat.includes('blink.user_timing'),
    );
    if (mark === undefined) throw new Error(`The trace has no mark '${phase}'.`);
    return { phase, mark };
  });
  return events.flatMap(({ name, pid, tid, ts, dur = 0, tdur = 0 }) => {
    const { phase, mark } = marks.findLast((each) => ts + dur > each.mark.ts) ?? {};
    if (mark === undefined || phase === undefined || phase === phases.at(-1)) return [];
    if (!name.endsWith('RunTask') || pid !== mark.pid || tid !== mark.tid) return [];
    return [{ phase, milliseconds: dur / 1000, processor: tdur / 1000 }];
  });
}
