import type { RunDescription } from '../training/protocol.js';

const grouping = new Intl.NumberFormat('en');

/** `12,345`. */
export function count(value: number): string {
  return grouping.format(value);
}

/** `97.45%` for 0.9745; a dash for what is not known. */
export function percent(value: number | undefined): string {
  return value === undefined ? '–' : `${(100 * value).toFixed(2)}%`;
}

/** A loss, with as many digits as say something; a dash for what is not known. */
export function loss(value: number | undefined): string {
  if (value === undefined) return '–';
  return value >= 1000 ? value.toExponential(2) : value.toFixed(4);
}

/** `4.9 s`, `1:05`, `2:00:00`; a dash for what is not known. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined) return '–';
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const pad = (value: number) => String(value).padStart(2, '0');
  const rest = pad(whole % 60);
  return hours > 0 ? `${hours}:${pad(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** `2.31 ms`. */
export function milliseconds(value: number | undefined): string {
  if (value === undefined) return '–';
  return `${value < 100 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

/** `3.2 MB`. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** `1 thread`, `2 threads`. */
export function counted(value: number, singular: string): string {
  return `${count(value)} ${singular}${value === 1 ? '' : 's'}`;
}

/** What a run trains on, for people. */
export function datasetName({ dataset }: RunDescription): string {
  return { mnist: 'MNIST', synthetic: 'digits drawn by code', custom: 'your digits' }[dataset];
}

/** Rows as lines, the columns of which begin below each other. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths![column]!))
      .join('   ')
      .trimEnd(),
  );
}
