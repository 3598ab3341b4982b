import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { randomKey } from '@gradus/random';
import { defaultVariation, digitDrawer, syntheticDigits } from '@gradus/mnist';
import type { DigitDataset, Variation } from '@gradus/mnist';
import { SoftmaxRegression } from './softmax.js';

const still = Object.fromEntries(
  Object.keys(defaultVariation).map((name) => [name, name === 'penWidth' ? 2.5 : 0]),
) as unknown as Variation;

function everything(digits: DigitDataset) {
  const [batch] = [...digits.batches(digits.length)];
  return { images: batch!.images.data, labels: batch!.labels.data };
}

function digest(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

describe('syntheticDigits', () => {
  it('gives float32 images in [0, 1] and int32 labels from 0 to 9, all of them', () => {
    const { train, test } = syntheticDigits({ train: 300, test: 100 });
    expect([train.length, test.length]).toEqual([300, 100]);
    expect(train.columns).toEqual({
      images: { dtype: 'float32', shape: [1, 28, 28] },
      labels: { dtype: 'int32', shape: [] },
    });
    const { images, labels } = everything(train);
    expect(images.reduce((least, each) => Math.min(least, each))).toBe(0);
    expect(images.reduce((most, each) => Math.max(most, each))).toBe(1);
    expect(new Set(labels)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
  });

  it('gives the same bytes in every engine and on every machine', () => {
    const { train } = syntheticDigits({ train: 500, test: 1, seed: 7 });
    const { images, labels } = everything(train);
    expect(digest(Uint8Array.from(images, (value) => Math.round(value * 255)))).toBe(
      'e0d0f2bcbe968fd7ace9a014ac6c3b1859e077399b99eeec67271857058a77a2',
    );
    expect(labels.slice(0, 12).join('')).toBe('745264283246');
  });

  it('depends on the seed, which may be a key, and on nothing else', () => {
    const few = { train: 20, test: 20 };
    const first = everything(syntheticDigits({ ...few, seed: 1 }).train);
    expect(everything(syntheticDigits({ ...few, seed: 1 }).train)).toEqual(first);
    expect(everything(syntheticDigits({ ...few, seed: randomKey(1) }).train)).toEqual(first);
    expect(everything(syntheticDigits({ ...few, seed: 2 }).train)).not.toEqual(first);
    expect(everything(syntheticDigits({ ...few, seed: 1 }).test)).not.toEqual(first);
  });

  it('begins a larger set with the digits of a smaller one', () => {
    const small = everything(syntheticDigits({ train: 10, test: 5 }).train);
    const large = syntheticDigits({ train: 30, test: 3 }).train;
    expect(everything(large.take(10))).toEqual(small);
  });

  it('is as hard as it should be: a softmax recognises 85 to 97 percent', () => {
    const { train, test } = syntheticDigits({ train: 4_000, test: 1_000, seed: 3 });
    const classifier = new SoftmaxRegression();
    classifier.train(train, { epochs: 10, learningRate: 0.3 });
    const accuracy = classifier.accuracy(test);
    expect(accuracy).toBeGreaterThanOrEqual(0.85);
    expect(accuracy).toBeLessThanOrEqual(0.97);
  });

  it.each([0, -1, 1.5, NaN])('refuses %d digits', (train) => {
    expect(() => syntheticDigits({ train })).toThrow(
      expect.objectContaining({ name: 'DigitsError', code: 'DIGITS_INVALID_SIZE' }),
    );
  });

  it('refuses variations that are unknown or out of range', () => {
    for (const variation of [{ jitter: -1 }, { noise: 2 }, { slant: NaN }, { wobble: 1 }]) {
      expect(() => syntheticDigits({ variation })).toThrow(
        expect.objectContaining({ code: 'DIGITS_INVALID_VARIATION' }),
      );
    }
  });
});

describe('digitDrawer', () => {
  it('draws one digit of 28×28 bytes, anew for each key', () => {
    const draw = digitDrawer();
    const image = draw(5, randomKey(1));
    expect(image).toBeInstanceOf(Uint8Array);
    expect(image).toHaveLength(784);
    expect(draw(5, randomKey(1))).toEqual(image);
    expect(draw(5, randomKey(2))).not.toEqual(image);
    expect(draw(6, randomKey(1))).not.toEqual(image);
  });

  it.each([-1, 10, 1.5, NaN])('refuses %d', (digit) => {
    expect(() => digitDrawer()(digit, randomKey(1))).toThrow(
      expect.objectContaining({ code: 'DIGITS_INVALID_DIGIT' }),
    );
  });

  it('draws each way to write a digit in one way if nothing varies', () => {
    const draw = digitDrawer(still);
    const digests = (digit: number) =>
      new Set(Array.from({ length: 40 }, (_, seed) => digest(draw(digit, randomKey(seed)))));
    for (let digit = 0; digit < 10; digit++) {
      expect(digests(digit).size, `ways to write ${digit}`).toBeGreaterThanOrEqual(3);
      expect(digests(digit).size, `ways to write ${digit}`).toBeLessThanOrEqual(4);
    }
  });

  it('keeps the digit in the middle, and moves it when asked to', () => {
    const middles = (variation: Partial<Variation>) =>
      Array.from({ length: 30 }, (_, seed) => {
        const box = boundingBox(digitDrawer({ ...still, ...variation })(0, randomKey(seed)));
        return (box.left + box.right) / 2;
      });
    for (const middle of middles({})) expect(Math.abs(middle - 13.5)).toBeLessThanOrEqual(0.5);
    expect(Math.max(...middles({ shift: 6 }))).toBeGreaterThan(14.5);
    expect(Math.min(...middles({ shift: 6 }))).toBeLessThan(12.5);
  });

  it('obeys each variation', () => {
    const plain = digitDrawer(still)(2, randomKey(1));
    const changes: Partial<Variation>[] = [
      { jitter: 5 },
      { curvature: 0.3 },
      { bend: 0.5 },
      { size: 0.3 },
      { stretch: 0.5 },
      { slant: 0.5 },
      { rotation: 0.4 },
      { shift: 4 },
      { penWidth: 4 },
      { penRange: 0.5 },
      { pressure: 0.5 },
      { paleness: 0.5 },
      { noise: 0.5 },
      { distractors: 1 },
    ];
    expect(changes.flatMap(Object.keys)).toEqual(Object.keys(defaultVariation));
    for (const change of changes) {
      const changed = digitDrawer({ ...still, ...change })(2, randomKey(1));
      expect(digest(changed), JSON.stringify(change)).not.toBe(digest(plain));
    }
  });

  it('draws more ink with a wider pen', () => {
    const inkOf = (penWidth: number) =>
      digitDrawer({ ...still, penWidth })(8, randomKey(1)).reduce((sum, pixel) => sum + pixel, 0);
    expect(inkOf(4)).toBeGreaterThan(1.5 * inkOf(2));
    expect(inkOf(2)).toBeGreaterThan(1.5 * inkOf(1));
  });
});

function boundingBox(image: Uint8Array): { left: number; right: number } {
  const columns = [...image.keys()].filter((pixel) => image[pixel]! > 90).map((p) => p % 28);
  return { left: Math.min(...columns), right: Math.max(...columns) };
}
