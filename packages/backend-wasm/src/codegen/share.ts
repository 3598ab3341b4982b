import { i32, type FunctionBody } from '../assembler/index.js';
import type { Code } from './code.js';

/**
 * Below so many multiply-adds, some fifteen microseconds, one thread computes a product alone: what
 * a second one could save is lost at the barrier if that one is late.
 */
export const singleThreadWork = 262_144;

/** From where to where, the end exclusive. */
export interface Range {
  readonly start: Code<'i32'>;
  readonly end: Code<'i32'>;
}

/** A thread's part of 0 … `extent`, in multiples of `unit`. */
export function sharedPart(
  body: FunctionBody,
  extent: number,
  unit: number,
  thread: Code<'i32'>,
  threads: Code<'i32'>,
): Range {
  const units = Math.ceil(extent / unit);
  const bound = (number: Code<'i32'>): Code<'i32'> => {
    const start = body.let(i32.mul(i32.div_u(i32.mul(number, units), threads), unit), 'bound');
    body.if(i32.gt_s(start, extent), () => body.set(start, extent));
    return start;
  };
  return { start: bound(thread), end: bound(i32.add(thread, 1)) };
}
