import type { AxisClass } from '@gradus/core/backend';
import type { VectorClass } from './vector-classes.js';

/** Beyond so many elements of windows, code would grow by more than it gains. */
const writtenElements = 512;

/** Whether the windows of all classes are few and small enough to be written out, without loops. */
export function isWrittenOut(rows: readonly AxisClass[], columns: readonly VectorClass[]): boolean {
  const count = (classes: readonly { readonly taps: readonly unknown[] }[]): number =>
    classes.reduce((sum, { taps }) => sum + taps.length, 0);
  return count(rows) * count(columns) <= writtenElements;
}
