import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../src/assembler/byte-writer.js';

function written(write: (writer: ByteWriter) => void): number[] {
  const writer = new ByteWriter();
  write(writer);
  return [...writer.toBytes()];
}

describe('LEB128', () => {
  it.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [16_383, [0xff, 0x7f]],
    [16_384, [0x80, 0x80, 1]],
    [624_485, [0xe5, 0x8e, 0x26]],
    [2 ** 31, [0x80, 0x80, 0x80, 0x80, 8]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('writes %i unsigned', (value, bytes) => {
    expect(written((writer) => writer.unsigned(value))).toEqual(bytes);
  });

  it.each([
    [0, [0]],
    [63, [0x3f]],
    [64, [0xc0, 0]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123_456, [0xc0, 0xbb, 0x78]],
    [2 ** 31 - 1, [0xff, 0xff, 0xff, 0xff, 7]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
    [-(2n ** 63n), [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f]],
    [2n ** 63n - 1n, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0]],
  ])('writes %s signed', (value, bytes) => {
    expect(written((writer) => writer.signed(value))).toEqual(bytes);
  });

  it('can be read back', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (value) => {
        let read = 0n;
        const bytes = written((writer) => writer.signed(value));
        bytes.forEach((byte, i) => (read |= BigInt(byte & 0x7f) << BigInt(7 * i)));
        expect(BigInt.asIntN(7 * bytes.length, read)).toBe(value);
        expect(bytes.findIndex((byte) => byte < 0x80)).toBe(bytes.length - 1);
      }),
    );
  });
});

it('writes names in UTF-8, after their length in bytes', () => {
  expect(written((writer) => writer.name('aμ'))).toEqual([3, 0x61, 0xce, 0xbc]);
});

it('writes numbers little-endian', () => {
  expect(written((writer) => writer.float(-2, 4))).toEqual([0, 0, 0, 0xc0]);
  expect(written((writer) => writer.float(1, 8))).toEqual([0, 0, 0, 0, 0, 0, 0xf0, 0x3f]);
});

it('puts sizes before contents and numbers before items', () => {
  const bytes = written((writer) =>
    writer.sized((content) => content.vector([7, 8, 9], (item) => content.bytes(item))),
  );
  expect(bytes).toEqual([4, 3, 7, 8, 9]);
});
