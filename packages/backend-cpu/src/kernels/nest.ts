import type { ProgramBuilder, Scope } from '../program/builder.js';
import type { ExpressionLowering } from '../program/lowering.js';

/** The coordinates of an axis that a loop counts, `to` exclusive. */
export type Range = readonly [from: number, to: number];

/**
 * Opens a loop for each of `extents`, outermost first, and has `write` fill the innermost body.
 * Core has already joined the axes that can be one loop.
 *
 * @param first The axis that the first loop counts.
 */
export function nest(
  builder: ProgramBuilder,
  lowering: ExpressionLowering,
  extents: readonly number[],
  first: number,
  scope: Scope,
  write: (body: Scope) => void,
): void {
  const ranges = extents.map((extent): Range => [0, extent]);
  nestBetween(builder, lowering, ranges, first, scope, write);
}

/** The same over part of an index space. */
export function nestBetween(
  builder: ProgramBuilder,
  lowering: ExpressionLowering,
  ranges: readonly Range[],
  first: number,
  scope: Scope,
  write: (body: Scope) => void,
): void {
  const [range, ...inner] = ranges;
  if (range === undefined) {
    write(scope);
    return;
  }
  const [from, to] = range;
  builder.loop(scope, builder.constant(from), builder.constant(to), (index, body) => {
    lowering.bindAxis(first, index);
    nestBetween(builder, lowering, inner, first + 1, body, write);
  });
}
