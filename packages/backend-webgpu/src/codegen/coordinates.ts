import type { Block } from './block.js';
import type { Evaluator } from './evaluator.js';
import type { Lanes } from './types.js';

/** The last of consecutive axes whose coordinates follow from one position. */
interface Axes {
  /** The number of the first one. */
  readonly first: number;
  readonly extents: readonly number[];
}

/**
 * Binds the coordinates of one position, an i32 name that counts row by row through `axes`, or of
 * the four from it on. The coordinates of four lie in one row wherever the last extent is a multiple
 * of four, or the only one; a position past the end then has a coordinate past the end too.
 */
export function bindCoordinates(
  evaluator: Evaluator,
  { first, extents }: Axes,
  position: string,
  lanes: Lanes = 1,
): void {
  const { block } = evaluator;
  const last = extents.length - 1;
  const inOneRow = lanes === 4 && staysInRow(extents);
  const perLane = lanes === 4 && !inOneRow;
  const extentCode = (extent: number): string => (perLane ? `vec4<i32>(${extent})` : `${extent}`);
  let rest = perLane ? block.let(`vec4<i32>(${position}) + ${laneSteps}`, 'p') : position;
  for (let axis = last; axis >= 0; axis--) {
    const extent = extents[axis]!;
    const quotient = axis === 0 ? undefined : block.let(`${rest} / ${extentCode(extent)}`, 'q');
    const coordinate =
      quotient === undefined
        ? rest
        : block.let(`${rest} - ${quotient} * ${extentCode(extent)}`, 'i');
    if (inOneRow && axis === last) {
      const code = block.let(`vec4<i32>(${coordinate}) + ${laneSteps}`, 'i');
      evaluator.bindAxis(first + axis, { code, lanes, first: coordinate });
    } else evaluator.bindAxis(first + axis, { code: coordinate, lanes: perLane ? 4 : 1 });
    if (quotient !== undefined) rest = quotient;
  }
}

/** Whether four positions from a multiple of four on differ in the last coordinate alone. */
export function staysInRow(extents: readonly number[]): boolean {
  return extents.length < 2 || extents[extents.length - 1]! % 4 === 0;
}

/** The coordinates of a position (an i32 name) that counts row by row through `extents`. */
export function splitPosition(
  block: Block,
  position: string,
  extents: readonly number[],
): string[] {
  let rest = position;
  const later = extents.slice(1).reduceRight<string[]>((known, extent) => {
    if (extent === 1) return ['0', ...known];
    const quotient = block.let(`${rest} / ${extent}`, 'q');
    const coordinate = block.let(`${rest} - ${quotient} * ${extent}`, 'i');
    rest = quotient;
    return [coordinate, ...known];
  }, []);
  return [rest, ...later];
}

/** How far the four lanes are from the first. */
export const laneSteps = 'vec4<i32>(0, 1, 2, 3)';
