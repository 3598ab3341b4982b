/**
 * What one contestant took, in milliseconds, or why it did not.
 *
 * @typedef {{ median: number, best: number, failure: string | undefined }} Cell
 */

/**
 * A table in Markdown: medians with the best in brackets, and how many times as long as the first
 * contestant the others took.
 *
 * @param {readonly string[]} names Of contestants, in the order of the cells.
 * @param {readonly { name: string, cells: readonly Cell[] }[]} rows A row for each case.
 * @param {boolean} best Whether ratios are those of the best instead of the medians.
 */
export function comparison(names, rows, best) {
  const [first, ...others] = names;
  const header = ['case', ...names, ...others.map((name) => `${name} / ${first}`)];
  const lines = rows.map(({ name, cells }) => {
    const chosen = cells.map((cell) => (best ? cell.best : cell.median));
    const ratios = chosen.slice(1).map((time) => time / (chosen[0] ?? NaN));
    const shown = ratios.map((ratio) => (Number.isNaN(ratio) ? '–' : ratio.toPrecision(3)));
    return [name, ...cells.map(duration), ...shown];
  });
  return [header, header.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function duration(/** @type {Cell} */ { median, best, failure }) {
  if (Number.isNaN(median)) return failure ?? '–';
  return `${milliseconds(median)} ms (${milliseconds(best)})`;
}

function milliseconds(/** @type {number} */ time) {
  return time < 100 ? time.toPrecision(3) : time.toFixed(0);
}
