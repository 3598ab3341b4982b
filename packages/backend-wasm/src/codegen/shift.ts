import { i32, i32x4 } from '../assembler/index.js';
import type { Code } from './code.js';
import { laneCount, lanes } from './lanes.js';

type Vector = Code<'v128'>;

/**
 * Four shifted integers. WebAssembly takes amounts modulo 32, as JavaScript does.
 *
 * @param amount What all lanes of `amounts` hold, if it is the same.
 */
export function shiftLanes(
  direction: 'shl' | 'shr_s' | 'shr_u',
  values: Vector,
  amounts: Vector,
  amount: Code<'i32'> | undefined,
): Vector {
  if (amount !== undefined) return i32x4[direction](values, amount);
  return lanes(laneCount).reduce((shifted, lane) => {
    const [value, by] = [i32x4.extract_lane(values, lane), i32x4.extract_lane(amounts, lane)];
    return i32x4.replace_lane(shifted, i32[direction](value, by), lane);
  }, values);
}
