import type { HostKey } from './key.js';

/**
 * For sampling by rejection: what `make` gives for the keys `key.fold(0)`, `key.fold(1)`, … of the
 * first attempt, the second and so on, each made when it is first needed and then kept.
 */
export function attemptKeys<T>(key: HostKey, make: (key: HostKey) => T): (attempt: number) => T {
  const made: T[] = [];
  return (attempt) => (made[attempt] ??= make(key.fold(attempt)));
}
