import { RandomError } from './errors.js';
import type { RandomErrorCode } from './errors.js';

/** Whether `value` is an integer in [0, 2³²): the range of a key word, a counter, a length. */
export function isUint32(value: unknown): value is number {
  return typeof value === 'number' && value >>> 0 === value;
}

/** Throws unless `value` is an integer in [0, 2³²). */
export function checkUint32(value: unknown, what: string, code: RandomErrorCode): void {
  if (!isUint32(value)) {
    throw new RandomError(code, `${what} must be an integer in [0, 2^32); got ${String(value)}.`);
  }
}

/** Throws unless `value` is a finite number in single precision too. */
export function checkFinite(value: number, what: string): void {
  if (!Number.isFinite(Math.fround(value))) {
    throw new RandomError(
      'INVALID_PARAMETER',
      `${what} must be a finite float32 number; got ${String(value)}.`,
    );
  }
}
