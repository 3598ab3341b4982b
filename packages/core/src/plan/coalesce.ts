import { visitIndices, type DraftExpression } from './draft-expression.js';
import { axisIndex, constantIndex, type Linear } from './linear.js';

/** An index space with fewer axes, and what the old axes are in terms of the new ones. */
export interface AxisMap {
  readonly outer: readonly number[];
  readonly inner: readonly number[];
  readonly axis: (axis: number) => Linear;
}

/** What one of several kernels over common rows computes, and over which axes. */
interface Space {
  readonly expressions: readonly DraftExpression[];
  readonly outer: readonly number[];
  readonly inner: readonly number[];
}

/**
 * Drops axes of extent 1 and joins neighbouring axes that every index walks as if they were one,
 * so that contiguous work becomes a single loop whatever its shape was.
 */
export function coalesce(space: Space): AxisMap {
  return coalesceRows([space], 0).maps[0]!;
}

/**
 * The same for several kernels whose first `rowAxes` outer axes are rows, which stay common axes:
 * `rows` are their extents.
 */
export function coalesceRows(
  spaces: readonly Space[],
  rowAxes: number,
): { readonly rows: readonly number[]; readonly maps: readonly AxisMap[] } {
  const indices = spaces.map(({ expressions }) => {
    const found: Linear[] = [];
    visitIndices(expressions, { index: (index) => found.push(index) });
    return found;
  });
  const rows = spaces[0]!.outer.slice(0, rowAxes);
  const rowGroups = groupAxes(rows, 0, indices.flat());
  const maps = spaces.map(({ outer, inner }, position) => {
    const own = indices[position]!;
    const outerGroups = [...rowGroups, ...groupAxes(outer.slice(rowAxes), rowAxes, own)];
    const innerGroups = groupAxes(inner, outer.length, own);
    return axisMap([...outer, ...inner], outerGroups, innerGroups);
  });
  return { rows: maps[0]!.outer.slice(0, rowGroups.length), maps };
}

function axisMap(
  extents: readonly number[],
  outerGroups: readonly (readonly number[])[],
  innerGroups: readonly (readonly number[])[],
): AxisMap {
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
