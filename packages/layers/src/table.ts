/**
 * A table of text between a header and a footer. The first columns are text and begin together; the
 * others are numbers and end together.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  footer: readonly string[],
  textColumns = 2,
): string {
  const lines = [header, ...rows, footer];
  const widths = header.map((_, column) =>
    lines.reduce((width, line) => Math.max(width, line[column]!.length), 0),
  );
  const format = (line: readonly string[]): string =>
    line
      .map((cell, column) => {
        return column < textColumns ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
      })
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [format(header), rule, ...rows.map(format), rule, format(footer)].join('\n');
}
