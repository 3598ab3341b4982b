import { ArgumentError } from '@gradus/core';
import { isHostKey, randomStream, type HostKey, type RandomStream } from '@gradus/random';

let keys: RandomStream | undefined;

/**
 * Starts the keys of the initialisers over: layers made after `setSeed(n)` begin as they did the
 * last time. It is the only random state that is global; the seed is 0 until it is called, and
 * layers given a `random` key of their own do not use it.
 *
 * @param seed An integer in [0, 2⁶⁴): a `bigint`, or a number up to 2⁵³ − 1.
 * @throws RandomError from `@gradus/random` (`INVALID_SEED`) when it is anything else.
 */
export function setSeed(seed: number | bigint): void {
  keys = randomStream(seed);
}

/** The key that a layer initialises its parameters with: the one it was given, or the next. */
export function layerKey(layer: string, random: HostKey | undefined): HostKey {
  if (random === undefined) return (keys ??= randomStream(0)).next();
  if (isHostKey(random)) return random;
  throw new ArgumentError(
    `${layer}: random must be a key with known words, as randomKey(seed) of @gradus/random gives.`,
  );
}
