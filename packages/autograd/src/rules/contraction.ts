import { where } from '@gradus/core';
import { transposed } from './matrices.js';
import type { RuleTable } from './rule.js';

/** The rules of matrix products and of indexed accumulation. */
export const contractionRules = {
  matMul: [(dy, _, _a, b) => dy.matMul(transposed(b)), (dy, _, a) => transposed(a).matMul(dy)],
  scatterAdd: [
    undefined,
    (dy, { attributes: { axis } }, indices, updates) => {
      const extent = dy.shape[axis]!;
      const inside = indices.greaterEqual(0).and(indices.less(extent));
      const behind = updates.rank - axis - indices.rank;
      const aligned = inside.reshape([...inside.shape, ...new Array<number>(behind).fill(1)]);
      // What scatterAdd skipped, gather would answer with NaN.
      return where(aligned, dy.gather(indices, axis), 0);
    },
  ],
} satisfies Partial<RuleTable>;
