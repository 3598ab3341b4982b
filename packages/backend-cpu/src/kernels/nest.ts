import type { ProgramBuilder, Scope } from '../program/builder.js';
import type { ExpressionLowering } from '../program/lowering.js';

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
  const [extent, ...inner] = extents;
  if (extent === undefined) {
    write(scope);
    return;
  }
  builder.loop(scope, builder.constant(0), builder.constant(extent), (index, body) => {
    lowering.bindAxis(first, index);
    nest(builder, lowering, inner, first + 1, body, write);
  });
}
