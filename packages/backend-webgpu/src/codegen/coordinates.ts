import type { Block } from './block.js';
import type { Coordinate, Evaluator } from './evaluator.js';
import type { Lanes } from './types.js';

/** The last of consecutive axes whose coordinates follow from one position. */
interface Axes {
  /** The number of the first one. */
  readonly first: number;
  readonly extents: readonly number[];
}

/** Binds the coordinates of a position, or of four, to axes: see `coordinatesOf`. */
export function bindCoordinates(
  evaluator: Evaluator,
  { first, extents }: Axes,
  position: string,
  lanes: Lanes = 1,
): void {
  coordinatesOf(evaluator.block, extents, position, lanes).forEach((coordinate, axis) => {
    evaluator.bindAxis(first + axis, coordinate);
  });
}

/**
 * The coordinates of one position, an i32 name that counts row by row through `extents`, or of the
 * four from it on. The coordinates of four lie in one row wherever the last extent is a multiple of
 * four, or the only one; a position past the end then has a coordinate past the end too.
 */
export function coordinatesOf(
  block: Block,
  extents: readonly number[],
  position: string,
  lanes: Lanes = 1,
): Coordinate[] {
  const last = extents.length - 1;
  const inOneRow = lanes === 4 && staysInRow(extents);
  const perLane = lanes === 4 && !inOneRow;
  const each: Lanes = perLane ? 4 : 1;
  const coordinates: Coordinate[] = [];
  let rest = perLane ? block.let(`vec4<i32>(${position}) + ${laneSteps}`, 'p') : position;
  for (let axis = last; axis >= 0; axis--) {
    const extent = extents[axis]!;
    let coordinate = rest;
    if (axis > 0 && extent === 1) coordinate = '0';
    else if (axis > 0) {
      const quotient = block.let(`${rest} / ${extent}`, 'q');
      coordinate = block.let(`${rest} - ${quotient} * ${extent}`, 'i');
      rest = quotient;
    }
    if (inOneRow && axis === last) {
      const code = block.let(`vec4<i32>(${coordinate}) + ${laneSteps}`, 'i');
      coordinates.unshift({ code, lanes, first: coordinate });
    } else coordinates.unshift({ code: coordinate, lanes: coordinate === '0' ? 1 : each });
  }
  return coordinates;
}

/** WGSL of the coordinates of one position: see `coordinatesOf`. */
export function splitPosition(
  block: Block,
  position: string,
  extents: readonly number[],
): string[] {
  return coordinatesOf(block, extents, position).map(({ code }) => code);
}

/** Whether four positions from a multiple of four on differ in the last coordinate alone. */
export function staysInRow(extents: readonly number[]): boolean {
  return extents.length < 2 || extents[extents.length - 1]! % 4 === 0;
}

/** How far the four lanes are from the first. */
export const laneSteps = 'vec4<i32>(0, 1, 2, 3)';
