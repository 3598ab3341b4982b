import type { HostKey } from '@gradus/random';
import { randomKey } from '@gradus/random';
import type { DigitDataset, DigitSplits } from '../digit-dataset.js';
import { digitDataset } from '../digit-dataset.js';
import { DigitsError } from '../errors.js';
import type { DigitDrawer } from './draw.js';
import { digitDrawer } from './draw.js';
import { Draws } from './draws.js';
import { digitSize } from './raster.js';
import type { Variation } from './variation.js';

/** How many digits to draw, and how. */
export interface SyntheticDigitsOptions {
  /** Digits to train on; 12,000 if not given. */
  readonly train?: number | undefined;
  /** Digits to test on; 2,000 if not given. */
  readonly test?: number | undefined;
  /** The seed or key that determines every pixel; 0 if not given. */
  readonly seed?: number | bigint | HostKey | undefined;
  /** What should differ from {@link defaultVariation}. */
  readonly variation?: Partial<Variation> | undefined;
}

/**
 * Digits that look handwritten, drawn by code: for when there is no network, and for tests. The same
 * seed gives the same bytes everywhere, and a smaller set is the beginning of a larger one.
 *
 * With the default sizes and variation a softmax classifier recognises about 88% of the test digits
 * after one epoch and 92% in the end, and a small convolutional network 98% after five epochs.
 *
 * @param options See {@link SyntheticDigitsOptions}; all are optional.
 * @throws {DigitsError} If a size is not a positive integer or a variation is out of range.
 */
export function syntheticDigits(options: SyntheticDigitsOptions = {}): DigitSplits {
  const { train = 12_000, test = 2_000, seed = 0, variation } = options;
  const key = typeof seed === 'object' ? seed : randomKey(seed);
  const draw = digitDrawer(variation);
  return {
    train: drawDigits(checkedSize(train, 'train'), key.fold(0), draw),
    test: drawDigits(checkedSize(test, 'test'), key.fold(1), draw),
  };
}

function drawDigits(count: number, key: HostKey, draw: DigitDrawer): DigitDataset {
  const pixelsPerDigit = digitSize * digitSize;
  const pixels = new Uint8Array(count * pixelsPerDigit);
  const labels = new Int32Array(count);
  const labelDraws = new Draws(key.fold(0));
  const imageKey = key.fold(1);
  for (let index = 0; index < count; index++) {
    const digit = Math.floor(labelDraws.between(0, 10));
    labels[index] = digit;
    pixels.set(draw(digit, imageKey.fold(index)), index * pixelsPerDigit);
  }
  return digitDataset(pixels, labels);
}

function checkedSize(size: number, name: string): number {
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new DigitsError(
    'DIGITS_INVALID_SIZE',
    `${name} must be a positive number of digits; got ${String(size)}.`,
  );
}
