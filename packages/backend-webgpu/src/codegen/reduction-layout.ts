import { affineIndex, sizeOf, visitExpressions, type ReduceKernel } from '@gradus/core/backend';
import type { ReductionTeam } from './combine.js';

/** How the work of a reduction is shared out. */
export interface ReductionLayout extends ReductionTeam {
  /** Into how many parts what is reduced is cut, each the work of a workgroup of its own. */
  readonly parts: number;
}

/** Enough invocations to keep a device busy. */
const enough = 16384;

/** Chooses the layout of a reduction. */
export function layoutOf({ shape, reduceShape, reductions }: ReduceKernel): ReductionLayout {
  const [count, size] = [sizeOf(shape), sizeOf(reduceShape)];
  const last = shape.length + reduceShape.length - 1;
  let together = false;
  visitExpressions(
    reductions.map(({ value }) => value),
    (expression) => {
      if (expression.op !== 'load') return;
      const stride = affineIndex(expression.index, last + 1)?.coefficients[last];
      if (stride === 1) together = true;
    },
  );
  let invocations = 1;
  while (invocations < 256 && invocations * 8 <= size && invocations * count < enough) {
    invocations *= 2;
  }
  const parts = Math.max(
    1,
    Math.min(64, Math.floor(size / 4096), Math.floor(enough / (invocations * count))),
  );
  const workgroupSize = Math.max(64, invocations);
  return { outputs: workgroupSize / invocations, invocations, parts, together };
}
