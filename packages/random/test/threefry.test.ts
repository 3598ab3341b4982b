import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { threefry2x32 } from '../src/index.js';

const word = fc.integer({ min: 0, max: 0xffff_ffff });

// The lines `threefry2x32 20` of kat_vectors in the Random123 distribution.
test.each([
  { key: [0, 0], counter: [0, 0], output: [0x6b200159, 0x99ba4efe] },
  {
    key: [0xffffffff, 0xffffffff],
    counter: [0xffffffff, 0xffffffff],
    output: [0x1cb996fc, 0xbb002be7],
  },
  {
    key: [0x13198a2e, 0x03707344],
    counter: [0x243f6a88, 0x85a308d3],
    output: [0xc4923a9c, 0x483df7a0],
  },
] as const)('known answer for key $key', ({ key, counter, output }) => {
  expect(threefry2x32(key[0], key[1], counter[0], counter[1])).toEqual(output);
});

test('words are unsigned, and arguments are read modulo 2^32', () => {
  fc.assert(
    fc.property(word, word, word, word, (key0, key1, counter0, counter1) => {
      const output = threefry2x32(key0, key1, counter0, counter1);
      expect(output.every((value) => value >>> 0 === value)).toBe(true);
      expect(threefry2x32(key0 | 0, key1 | 0, counter0 | 0, counter1 | 0)).toEqual(output);
    }),
  );
});

test('every input bit flips about half of the output bits', () => {
  const ones = (value: number): number => value.toString(2).replaceAll('0', '').length;
  const input = [0x01234567, 0x89abcdef, 0xdeadbeef, 0x00c0ffee] as const;
  const [reference0, reference1] = threefry2x32(...input);
  const flipped = Array.from({ length: 128 }, (_, bit) => {
    const changed: [number, number, number, number] = [...input];
    changed[bit >> 5]! ^= 1 << (bit & 31);
    const [word0, word1] = threefry2x32(...changed);
    return ones((word0 ^ reference0) >>> 0) + ones((word1 ^ reference1) >>> 0);
  });
  const mean = flipped.reduce((sum, count) => sum + count, 0) / flipped.length;
  expect(Math.min(...flipped)).toBeGreaterThan(14); // of 64, more than four deviations below 32
  expect(mean).toBeCloseTo(32, -0.3);
});
