import type { HostKey } from '@gradus/random';
import { Draws } from './draws.js';
import { DigitsError } from '../errors.js';
import { digitSize, ink } from './raster.js';
import { digitSkeletons } from './skeletons.js';
import type { Trace } from './trace.js';
import { traceSkeleton } from './trace.js';
import type { Variation } from './variation.js';
import { checkedVariation } from './variation.js';

/** Draws a digit from 0 to 9: 28×28 bytes row by row, 255 being full ink. */
export type DigitDrawer = (digit: number, key: HostKey) => Uint8Array;

/** How far from the border stray strokes begin, in pixels. */
const strayBand = 4;

/**
 * Makes a function that draws digits as a hand might write them. It computes with additions,
 * multiplications, divisions and square roots only, all of which are exactly defined: the same key
 * gives the same bytes in every engine and on every machine.
 *
 * @param variation What should differ from {@link defaultVariation}.
 * @returns A function of the digit and a random key.
 * @throws {DigitsError} From here if a variation is out of range; from the function if the digit is.
 */
export function digitDrawer(variation: Partial<Variation> = {}): DigitDrawer {
  const complete = checkedVariation(variation);
  const skeletons = digitSkeletons();
  return (digit, key) => {
    const waysToWrite = skeletons[digit];
    if (waysToWrite === undefined) {
      throw new DigitsError('DIGITS_INVALID_DIGIT', `${digit} is no digit; expected 0 to 9.`);
    }
    const draws = new Draws(key);
    const traces = traceSkeleton(draws.pick(waysToWrite), complete, draws);
    if (draws.chance(complete.distractors)) traces.push(strayStroke(draws));
    return develop(ink(traces), complete, draws);
  };
}

/** A short stroke at the border, like what is left of a neighbour when digits are cut apart. */
function strayStroke(draws: Draws): Trace {
  const last = digitSize - 1;
  const inwards = draws.between(0, strayBand);
  const across = draws.chance(0.5) ? inwards : last - inwards;
  const along = draws.between(0, last);
  const [x, y] = draws.chance(0.5) ? [across, along] : [along, across];
  return {
    x: [x, x + draws.about(6)],
    y: [y, y + draws.about(6)],
    radius: [draws.between(0.4, 1), draws.between(0.4, 1)],
  };
}

/** From coverage to bytes: some pens are paler, and some images have more noise than others. */
function develop(coverage: Float64Array, variation: Variation, draws: Draws): Uint8Array {
  const darkness = draws.between(1 - variation.paleness, 1);
  const noise = variation.noise * draws.unit() * draws.unit();
  return Uint8Array.from(coverage, (covered) => {
    const value = darkness * covered + draws.between(-noise, noise);
    return Math.round(255 * Math.min(1, Math.max(0, value)));
  });
}
