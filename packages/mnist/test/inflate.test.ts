import { describe, expect, it } from 'vitest';
import { inflate } from '@gradus/mnist';
import { expectBytes, gzip, streamOf } from './support.js';

// Neither constant nor random, so that it compresses by about a half.
const content = new Uint8Array(40_000).map((_, index) => ((index * 2_654_435_761) >>> 13) % 97);
const compressed = gzip(content);
const options = { maximumBytes: content.length, name: 'digits.gz' };

function* chunks(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
}

describe('inflate', () => {
  it.each([1, 2, 3, 1000, 65_536, 1_000_000])('takes gzip in chunks of %d bytes', async (size) => {
    expectBytes(await inflate(streamOf(chunks(compressed, size)), options), content);
  });

  it('takes gzip in one piece', async () => {
    expectBytes(await inflate(compressed, options), content);
  });

  it.each([0, 1, 2, 40_000])('passes %d bytes that are not gzip on as they are', async (length) => {
    const plain = content.slice(0, length);
    expectBytes(await inflate(plain, options), plain);
    expectBytes(await inflate(streamOf(chunks(plain, 1000)), options), plain);
  });

  it('inflates nothing to nothing', async () => {
    expectBytes(await inflate(gzip(new Uint8Array(0)), options), new Uint8Array(0));
  });

  it('returns memory of its own', async () => {
    const plain = content.slice();
    const result = await inflate(plain, options);
    plain.fill(0);
    expectBytes(result, content);
  });

  it.each([
    ['gzip', compressed],
    ['plain bytes', content],
  ])('refuses %s past the cap', async (_, bytes) => {
    await expect(inflate(bytes, { ...options, maximumBytes: 39_999 })).rejects.toMatchObject({
      name: 'InflateError',
      code: 'INFLATE_TOO_LARGE',
      message: 'digits.gz: the content is larger than the 39999 bytes it may have.',
    });
  });

  it('gives up a stream without end once the cap is passed', async () => {
    const bomb = gzip(new Uint8Array(1_000_000));
    const endless = (function* () {
      for (;;) yield bomb;
    })();
    await expect(inflate(streamOf(endless), { maximumBytes: 1000 })).rejects.toMatchObject({
      code: 'INFLATE_TOO_LARGE',
    });
  });

  it.each([
    ['cut short', compressed.slice(0, 900)],
    ['cut within the trailer', compressed.slice(0, -1)],
    ['nothing but a magic number', compressed.slice(0, 2)],
    ['damaged in its data', compressed.with(900, compressed[900]! ^ 0xff)],
    ['damaged in its checksum', compressed.with(-8, compressed.at(-8)! ^ 1)],
    ['of an unknown method', compressed.with(2, 7)],
  ])('refuses gzip that is %s', async (_, bytes) => {
    await expect(inflate(bytes, options)).rejects.toMatchObject({
      name: 'InflateError',
      code: 'INFLATE_CORRUPT',
      message: expect.stringMatching(
        /^digits\.gz: the gzip stream is truncated or corrupt \(/,
      ) as string,
    });
  });

  it.each([
    ['before anything came', []],
    ['in the midst of plain bytes', [content.slice(0, 10)]],
    ['in the midst of gzip', [compressed.slice(0, 100)]],
  ])('passes on the error of a source that breaks %s', async (_, before) => {
    const failure = new Error('the cable is cut');
    const broken = (function* () {
      yield* before;
      throw failure;
    })();
    await expect(inflate(streamOf(broken), options)).rejects.toBe(failure);
  });
});
