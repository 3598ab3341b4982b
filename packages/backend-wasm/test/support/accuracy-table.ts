import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** What the README states for a function: the largest error in ulp of each variant. */
export interface StatedAccuracy {
  readonly plain: number;
  readonly fused: number;
}

/** The table of the README's section on accuracy, by function. */
export function statedAccuracy(): ReadonlyMap<string, StatedAccuracy> {
  const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8');
  const rows = readme.matchAll(/^\| `(\w+)` +\| +([\d.]+) +\| +([\d.]+) +\|/gm);
  return new Map(
    [...rows].map(([, name, plain, fused]) => [
      name!,
      { plain: Number(plain), fused: Number(fused) },
    ]),
  );
}
