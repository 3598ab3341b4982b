import { isDraftOperation, type DraftExpression } from './draft-expression.js';
import { axisIndex, constantIndex, type Linear } from './linear.js';

/** An index space with fewer axes, and what the old axes are in terms of the new ones. */
export interface AxisMap {
  readonly outer: readonly number[];
  readonly inner: readonly number[];
  readonly axis: (axis: number) => Linear;
}

/**
 * Drops axes of extent 1 and joins neighbouring axes that every index walks as if they were one,
 * so that contiguous work becomes a single loop whatever its shape was.
 */
export function coalesce(
  expressions: readonly DraftExpression[],
  outer: readonly number[],
  inner: readonly number[],
): AxisMap {
  const indices = collectIndices(expressions);
  const outerGroups = groupAxes(outer, 0, indices);
  const innerGroups = groupAxes(inner, outer.length, indices);
  const extents = [...outer, ...inner];
  const replacement = new Map<number, Linear>();
  const newExtents = [...outerGroups, ...innerGroups].map((group, newAxis) => {
    const extent = group.reduce((product, axis) => product * extents[axis]!, 1);
    // Joined axes only ever appear together: the last one carries the whole index.
    replacement.set(group[group.length - 1]!, axisIndex(newAxis, extent));
    return extent;
  });
  return {
    outer: newExtents.slice(0, outerGroups.length),
    inner: newExtents.slice(outerGroups.length),
    axis: (axis) => replacement.get(axis) ?? constantIndex(0),
  };
}

/** The index space as it is: rows and columns of a product keep their places. */
export function keepAxes(shape: readonly number[]): AxisMap {
  return { outer: shape, inner: [], axis: (axis) => axisIndex(axis, shape[axis]!) };
}

function groupAxes(
  extents: readonly number[],
  firstAxis: number,
  indices: readonly Linear[],
): number[][] {
  const groups: number[][] = [];
  extents.forEach((extent, position) => {
    if (extent === 1) return;
    const axis = firstAxis + position;
    const group = groups[groups.length - 1];
    const previous = group?.[group.length - 1];
    const joins =
      previous !== undefined && indices.every((index) => walksAsOne(index, previous, axis, extent));
    if (joins) group!.push(axis);
    else groups.push([axis]);
  });
  return groups;
}

/** Whether the index depends on two neighbouring axes only as extent · first + second. */
function walksAsOne(index: Linear, first: number, second: number, extent: number): boolean {
  let [outer, inner] = [0, 0];
  for (const { atom, coefficient } of index.terms.values()) {
    if (atom.kind === 'axis') {
      if (atom.axis === first) outer = coefficient;
      if (atom.axis === second) inner = coefficient;
    }
  }
  return outer === inner * extent;
}

/** Every index in the expressions, also inside divisions and remainders. */
function collectIndices(expressions: readonly DraftExpression[]): Linear[] {
  const found = new Map<string, Linear>();
  const seen = new Set<DraftExpression>();
  const visitIndex = (index: Linear): void => {
    if (found.has(index.key)) return;
    found.set(index.key, index);
    for (const { atom } of index.terms.values()) {
      if (atom.kind === 'floorDiv' || atom.kind === 'mod') visitIndex(atom.of);
      if (atom.kind === 'dynamic') visit(atom.expression);
    }
  };
  const visit = (expression: DraftExpression): void => {
    if (seen.has(expression)) return;
    seen.add(expression);
    if (isDraftOperation(expression)) expression.inputs.forEach(visit);
    else if (expression.op === 'linear') visitIndex(expression.index);
    else if (expression.op === 'load') {
      visitIndex(expression.index);
      if (expression.mask !== undefined) visit(expression.mask);
    }
  };
  expressions.forEach(visit);
  return [...found.values()];
}
