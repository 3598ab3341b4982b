import { bytesPerElement, type DataType } from '@gradus/core/backend';
import { f32x4, i16x8, i32, i32x4, i8x16, v128, type Effect } from '../assembler/index.js';
import type { Code } from './code.js';

/** How many values a vector holds, whatever their dtype. */
export const laneCount = 4;

/*
 * Four values of any dtype fill the four 32-bit lanes of a vector: float32 and the 32-bit integers as
 * they are, uint8 widened, and bool as a mask of all ones or all zeros, so that it can select.
 */

/** A vector of one number. */
export function splatConstant(dtype: DataType, value: number): Code<'v128'> {
  if (dtype === 'float32') return f32x4.splat(value);
  if (dtype === 'bool') return i32x4.splat(value === 0 ? 0 : -1);
  return i32x4.splat(value | 0);
}

/** Loads `count` neighbours, `offset` bytes from the address on; the other lanes are 0. */
export function loadNeighbours(
  dtype: DataType,
  address: Code<'i32'>,
  count: number,
  offset = 0,
): Code<'v128'> {
  if (bytesPerElement(dtype) === 1) {
    if (count === laneCount) {
      return widen(dtype, v128.load32_zero(address, { alignment: 1, offset }));
    }
    let bytes: Code<'v128'> = i32x4.splat(i32.load8_u(address, offset));
    for (let lane = 1; lane < count; lane++) {
      bytes = v128.load8_lane(address, bytes, lane, offset + lane);
    }
    return widen(dtype, bytes);
  }
  const two = (): Code<'v128'> => v128.load64_zero(address, { alignment: 4, offset });
  switch (count) {
    case 1:
      return v128.load32_zero(address, offset);
    case 2:
      return two();
    case 3:
      return v128.load32_lane(address, two(), 2, offset + 8);
    default:
      return v128.load(address, { alignment: 4, offset });
  }
}

/** Loads one value into all lanes. */
export function loadSplat(dtype: DataType, address: Code<'i32'>): Code<'v128'> {
  if (bytesPerElement(dtype) === 4) return v128.load32_splat(address);
  return fromNumbers(dtype, i32x4.splat(i32.load8_u(address)));
}

/** Loads one value into each of the first lanes, from addresses of their own. */
export function loadLanes(dtype: DataType, addresses: readonly Code<'i32'>[]): Code<'v128'> {
  const [first, ...others] = addresses as [Code<'i32'>, ...Code<'i32'>[]];
  if (bytesPerElement(dtype) === 4) {
    return others.reduce<Code<'v128'>>(
      (vector, address, index) => v128.load32_lane(address, vector, index + 1),
      v128.load32_zero(first),
    );
  }
  const numbers = others.reduce<Code<'v128'>>(
    (vector, address, index) => i32x4.replace_lane(vector, i32.load8_u(address), index + 1),
    i32x4.splat(i32.load8_u(first)),
  );
  return fromNumbers(dtype, numbers);
}

/** Stores the first `count` lanes one after another. */
export function storeNeighbours(
  dtype: DataType,
  address: Code<'i32'>,
  value: Code<'v128'>,
  count: number,
): Effect[] {
  if (bytesPerElement(dtype) === 1) {
    const bytes = narrow(dtype, value);
    if (count === laneCount) return [v128.store32_lane(address, bytes, 0, { alignment: 1 })];
    return lanes(count).map((lane) => v128.store8_lane(address, bytes, lane, lane));
  }
  // As they are loaded: the processor hands what was just stored to loads of the same width at once.
  const pair = (): Effect => v128.store64_lane(address, value, 0, { alignment: 4 });
  switch (count) {
    case 1:
      return [v128.store32_lane(address, value, 0)];
    case 2:
      return [pair()];
    case 3:
      return [pair(), v128.store32_lane(address, value, 2, 8)];
    default:
      return [v128.store(address, value, { alignment: 4 })];
  }
}

/** Stores one lane. */
export function storeLane(
  dtype: DataType,
  address: Code<'i32'>,
  value: Code<'v128'>,
  lane: number,
): Effect {
  if (bytesPerElement(dtype) === 4) return v128.store32_lane(address, value, lane);
  return v128.store8_lane(address, narrow(dtype, value), lane);
}

/** The positions of lanes. */
export function lanes(count: number): number[] {
  return Array.from({ length: count }, (_, lane) => lane);
}

/** Four bytes to four lanes. */
function widen(dtype: DataType, bytes: Code<'v128'>): Code<'v128'> {
  return fromNumbers(dtype, i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
}

/** Masks for bool, where lanes hold 0 and 1. */
function fromNumbers(dtype: DataType, numbers: Code<'v128'>): Code<'v128'> {
  return dtype === 'bool' ? i32x4.neg(numbers) : numbers;
}

const lowBytes = [0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12];

/** Four lanes to the first four bytes. */
function narrow(dtype: DataType, value: Code<'v128'>): Code<'v128'> {
  const numbers = dtype === 'bool' ? i32x4.neg(value) : value;
  return i8x16.shuffle(numbers, numbers, lowBytes);
}
