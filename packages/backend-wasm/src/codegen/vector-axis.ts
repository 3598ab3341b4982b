import { stridesOf, visitExpressions, type Expression } from '@gradus/core/backend';
import type { Analysis } from './analysis.js';
import type { Axis } from './loops.js';
import { laneCount } from './lanes.js';

/** What a load or store costs, about, in instructions for four lanes. */
const cost = { contiguous: 1, strided: 5, scattered: 10, masked: 3 } as const;

/** About how many instructions four neighbours along `axis` take. */
export function evaluationCost(
  axis: number,
  values: readonly Expression[],
  analysis: Analysis,
): number {
  let total = 0;
  visitExpressions(values, (expression) => {
    total++;
    if (expression.op !== 'load') return;
    const { index, mask } = expression;
    if (mask !== undefined && analysis.axesOf(mask).has(axis)) total += cost.masked;
    const stride = analysis.strideAlong(axis, index);
    total += stride === undefined ? cost.scattered : accessCost(stride);
  });
  return total;
}

/** What storing `count` results by `shape` costs along `axis`. */
export function storeCost(axis: number, shape: readonly number[], count: number): number {
  return count * accessCost(stridesOf(shape)[axis]!);
}

function accessCost(stride: number): number {
  return stride === 0 || stride === 1 ? cost.contiguous : cost.strided;
}

/** The axis with the least cost per element, of equals the last one; none where there is no axis. */
export function cheapestAxis(
  axes: readonly Axis[],
  costOfFour: (axis: Axis) => number,
): number | undefined {
  let best: Axis | undefined;
  let least = Infinity;
  for (const candidate of axes) {
    const vectors = Math.ceil(candidate.extent / laneCount);
    const perElement = (costOfFour(candidate) * vectors) / candidate.extent;
    if (perElement <= least) [best, least] = [candidate, perElement];
  }
  return best?.axis;
}
