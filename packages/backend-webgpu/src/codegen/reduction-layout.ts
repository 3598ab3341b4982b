import { affineIndex, sizeOf, visitExpressions, type ReduceKernel } from '@gradus/core/backend';
import type { ReductionTeam, Vectors } from './combine.js';
import { staysInRow } from './coordinates.js';
import type { Target } from './target.js';

/** How the work of a reduction is shared out. */
export interface ReductionLayout extends ReductionTeam {
  readonly vectors: Vectors;
  /** Into how many parts what is reduced is cut, each the work of a workgroup of its own. */
  readonly parts: number;
}

/** Enough invocations to keep a device busy. */
const enough = 16384;

/** Chooses the layout of a reduction on a device. */
export function layoutOf({ waitsAreCheap }: Target, kernel: ReduceKernel): ReductionLayout {
  const { shape, reduceShape } = kernel;
  const vectors = vectorsOf(kernel);
  const count = Math.ceil(sizeOf(shape) / (vectors === 'outputs' ? 4 : 1));
  const size = sizeOf(reduceShape) / (vectors === 'reduced' ? 4 : 1);
  let invocations = 1;
  while (
    waitsAreCheap &&
    invocations < 256 &&
    invocations * 8 <= size &&
    invocations * count < enough
  ) {
    invocations *= 2;
  }
  const parts = Math.max(
    1,
    Math.min(64, Math.floor(size / 4096), Math.floor(enough / (invocations * count))),
  );
  const outputs = Math.max(64, invocations) / invocations;
  return { outputs, invocations, parts, vectors, together: neighbours(kernel).reduced };
}

/** Four lanes lie side by side in memory, where that is possible. */
export function vectorsOf(kernel: ReduceKernel): Vectors {
  const { shape, reduceShape } = kernel;
  const { outputs, reduced } = neighbours(kernel);
  if (reduced) return reduceShape[reduceShape.length - 1]! % 4 === 0 ? 'reduced' : 'nothing';
  return outputs && sizeOf(shape) >= 4 && staysInRow(shape) ? 'outputs' : 'nothing';
}

/** Whether what is loaded for neighbouring outputs, or reduced to one, lies side by side. */
function neighbours({ shape, reduceShape, reductions }: ReduceKernel): {
  readonly outputs: boolean;
  readonly reduced: boolean;
} {
  const rank = shape.length + reduceShape.length;
  let [outputs, reduced] = [false, false];
  visitExpressions(
    reductions.map(({ value }) => value),
    (expression) => {
      if (expression.op !== 'load') return;
      const coefficients = affineIndex(expression.index, rank)?.coefficients;
      if (coefficients?.[shape.length - 1] === 1) outputs = true;
      if (reduceShape.length > 0 && coefficients?.[rank - 1] === 1) reduced = true;
    },
  );
  return { outputs, reduced };
}
