import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { HostKey, RandomError, isHostKey, randomKey, threefry2x32 } from '../src/index.js';
import { failure } from './support.js';

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const words = ({ word0, word1 }: HostKey): number[] => [word0, word1];

describe('randomKey', () => {
  test('holds the high and the low half of the seed', () => {
    expect(words(randomKey(42))).toEqual([0, 42]);
    expect(words(randomKey(2 ** 32 + 5))).toEqual([1, 5]);
    expect(words(randomKey(0x0123456789abcdefn))).toEqual([0x01234567, 0x89abcdef]);
    expect(words(randomKey(2n ** 64n - 1n))).toEqual([0xffff_ffff, 0xffff_ffff]);
  });

  test('gives the same key for a number and the same bigint', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (seed) => {
        expect(randomKey(seed)).toEqual(randomKey(BigInt(seed)));
      }),
    );
  });

  test.each([-1, 0.5, NaN, Infinity, 2 ** 53, -1n, 2n ** 64n, '7', undefined])(
    'refuses the seed %s',
    (seed) => {
      expect(() => randomKey(seed as number)).toThrow(failure('INVALID_SEED', `${seed}`));
    },
  );
});

describe('HostKey', () => {
  test('fold and split agree with what JAX prints for split(key(0)) and split(key(42))', () => {
    expect(randomKey(0).split().map(words)).toEqual([
      [1797259609, 2579123966],
      [928981903, 3453687069],
    ]);
    expect(randomKey(42).split().map(words)).toEqual([
      [1832780943, 270669613],
      [64467757, 2916123636],
    ]);
    expect(words(randomKey(0).fold(0xffff_ffff))).toEqual([743310391, 3789761811]);
  });

  test('folds by the cipher, with the data as the counter', () => {
    fc.assert(
      fc.property(uint32, uint32, uint32, (word0, word1, data) => {
        const folded = new HostKey(word0, word1).fold(data);
        expect(words(folded)).toEqual(threefry2x32(word0, word1, 0, data));
      }),
    );
  });

  test('a split begins with the keys of a shorter one', () => {
    const key = randomKey(9);
    expect(key.split(5).slice(0, 3)).toEqual(key.split(3));
    expect(key.split(0)).toEqual([]);
    expect(key.split(5)[4]).toEqual(key.fold(4));
  });

  test('derived keys are all different', () => {
    const derived = randomKey(1)
      .split(1000)
      .flatMap((key) => [key, ...key.split(3)]);
    expect(new Set(derived.map((key) => words(key).join())).size).toBe(4000);
  });

  test.each([-1, 1.5, 2 ** 32, NaN, '1', undefined])('refuses to fold in %s', (data) => {
    expect(() => randomKey(0).fold(data as number)).toThrow(failure('INVALID_FOLD'));
  });

  test('refuses a negative split and words out of range', () => {
    expect(() => randomKey(0).split(-1)).toThrow(failure('INVALID_LENGTH'));
    expect(() => new HostKey(-1, 0)).toThrow(failure('INVALID_KEY'));
    expect(() => new HostKey(0, 2 ** 32)).toThrow(RandomError);
  });
});

describe('isHostKey', () => {
  test('knows keys from any copy of the package, and nothing else', async () => {
    vi.resetModules();
    const copy = await import('../src/index.js');
    const foreign = copy.randomKey(3);
    expect(foreign).not.toBeInstanceOf(HostKey);
    expect(isHostKey(foreign)).toBe(true);
    expect(isHostKey(randomKey(3))).toBe(true);
    for (const other of [{ word0: 0, word1: 0 }, null, undefined, 3, 'key', [0, 1]]) {
      expect(isHostKey(other)).toBe(false);
    }
  });
});
