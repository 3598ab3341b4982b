import { describe, expect, it, vi } from 'vitest';
import { download } from '../src/download.js';
import type { DownloadEvent, DownloadOptions } from '../src/download.js';
import { expectBytes, gzip, smallFiles, smallSpecifications, streamOf } from './support.js';

const file = smallSpecifications.trainImages;
const content = smallFiles.trainImages;
const compressed = gzip(content);
const brokenCable = new TypeError('terminated', { cause: new Error('other side closed') });

type Answer = (url: string, range: string | undefined, signal: AbortSignal) => Response;

function setUp(answers: Record<string, Answer>) {
  const requests: string[] = [];
  const events: DownloadEvent[] = [];
  const options: DownloadOptions = {
    mirrors: Object.keys(answers),
    timeout: 10_000,
    onEvent: (event) => events.push(event),
    fetch: async (url, { headers, signal }) => {
      const mirror = Object.keys(answers).find((each) => url.startsWith(each))!;
      requests.push(headers['range'] === undefined ? url : `${url} ${headers['range']}`);
      return answers[mirror]!(url, headers['range'], signal);
    },
  };
  return { requests, events, options };
}

const good: Answer = () => new Response(compressed);
const missing: Answer = () => new Response('no', { status: 404, statusText: 'Not Found' });

/** A body that breaks after some bytes. */
function breaking(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return streamOf(
    (function* () {
      yield bytes;
      throw brokenCable;
    })(),
  );
}

describe('download', () => {
  it('asks the first mirror, whether or not its address ends in a slash', async () => {
    const { requests, options } = setUp({ 'https://a.test/mnist': good, 'https://b.test/': good });
    expectBytes(await download(file, options), content);
    expect(requests).toEqual(['https://a.test/mnist/train-images-idx3-ubyte.gz']);
  });

  it('reports progress in bytes as sent', async () => {
    const headers = { 'content-length': String(compressed.length) };
    const body = () => streamOf([compressed.slice(0, 100), compressed.slice(100)]);
    const { events, options } = setUp({
      'https://a.test/': () => new Response(body(), { headers }),
    });
    await download(file, options);
    const about = {
      type: 'progress',
      file: 'train-images-idx3-ubyte',
      url: 'https://a.test/train-images-idx3-ubyte.gz',
      totalBytes: compressed.length,
    };
    expect(events).toEqual([
      { ...about, receivedBytes: 100 },
      { ...about, receivedBytes: compressed.length },
    ]);
  });

  it('does not guess a total where the server announces none, or that of something else', async () => {
    const totalOf = async (headers: Record<string, string>) => {
      const { events, options } = setUp({
        'https://a.test/': () => new Response(streamOf([compressed]), { headers }),
      });
      await download(file, options);
      return events.map((event) => 'totalBytes' in event && event.totalBytes);
    };
    expect(await totalOf({})).toEqual([undefined]);
    expect(await totalOf({ 'content-length': 'a lot' })).toEqual([undefined]);
    expect(await totalOf({ 'content-length': '9', 'content-encoding': 'gzip' })).toEqual([
      undefined,
    ]);
  });

  it('takes a file that comes uncompressed', async () => {
    const { options } = setUp({ 'https://a.test/': () => new Response(content) });
    expectBytes(await download(file, options), content);
  });

  it.each<[string, Answer, RegExp]>([
    ['is not there', missing, /^HTTP 404 Not Found$/],
    ['has no body', () => new Response(null), /no body/],
    ['is truncated', () => new Response(compressed.slice(0, 500)), /truncated or corrupt/],
    ['has other content', () => new Response(gzip(content.map((byte) => byte ^ 1))), /SHA-256 is/],
    ['is too short', () => new Response(gzip(content.slice(1))), /has 6287 bytes, expected 6288/],
    ['is too long', () => new Response(gzip(new Uint8Array(6289))), /larger than the 6288 bytes/],
    ['is a web page', () => new Response('<!doctype html>'), /has 15 bytes, expected 6288/],
    [
      'cannot be reached',
      () => {
        throw new TypeError('fetch failed', { cause: new Error('ENOTFOUND') });
      },
      /^fetch failed \(ENOTFOUND\)$/,
    ],
  ])('goes on to the next mirror if the file %s', async (_, answer, reason) => {
    const { requests, events, options } = setUp({
      'https://a.test/': answer,
      'https://b.test/': good,
    });
    expectBytes(await download(file, options), content);
    expect(requests.map((each) => new URL(each).host)).toEqual(['a.test', 'b.test']);
    expect(events.find((event) => event.type === 'mirror-failed')).toEqual({
      type: 'mirror-failed',
      file: file.name,
      url: `https://a.test/${file.name}.gz`,
      reason: expect.stringMatching(reason) as string,
    });
  });

  it('has patience with a slow mirror as long as something arrives', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const pieces = Array.from({ length: 10 }, (_, index) =>
      compressed.slice((index * compressed.length) / 10, ((index + 1) * compressed.length) / 10),
    );
    const slow = (signal: AbortSignal): UnderlyingDefaultSource<Uint8Array> => ({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 80));
        signal.throwIfAborted();
        const piece = pieces.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(piece);
      },
    });
    const { options } = setUp({
      'https://a.test/': (_, __, signal) => new Response(new ReadableStream(slow(signal))),
    });
    const promise = download(file, { ...options, timeout: 100 });
    await vi.advanceTimersByTimeAsync(1000);
    vi.useRealTimers();
    expectBytes(await promise, content);
  });

  it('stops reading a body that is larger than the file can be', async () => {
    let pieces = 0;
    const endless = (function* () {
      for (;;) {
        pieces += 1;
        yield new Uint8Array(10_000);
      }
    })();
    const { options } = setUp({ 'https://a.test/': () => new Response(streamOf(endless)) });
    await expect(download(file, options)).rejects.toThrow(/sends more than the 71824 bytes it may/);
    expect(pieces).toBeLessThan(12);
  });

  it('lists every mirror with its reason if all fail', async () => {
    const { options } = setUp({
      'https://a.test/': missing,
      'https://b.test/': () => new Response(compressed.slice(0, -9)),
    });
    const error = await download(file, options).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: 'DownloadError',
      code: 'DOWNLOAD_FAILED',
      file: file.name,
      failures: [
        { url: `https://a.test/${file.name}.gz`, reason: 'HTTP 404 Not Found' },
        {
          url: `https://b.test/${file.name}.gz`,
          reason: expect.stringContaining('truncated') as string,
        },
      ],
    });
    expect((error as Error).message).toContain(
      '\n  https://a.test/train-images-idx3-ubyte.gz: HTTP',
    );
    expect((error as Error).message).toContain(
      '\n  https://b.test/train-images-idx3-ubyte.gz: train',
    );
  });

  it('says so if there is no mirror', async () => {
    const { options } = setUp({});
    await expect(download(file, options)).rejects.toThrow(/list of mirrors is empty/);
  });
});

describe('an interrupted download', () => {
  const url = `https://a.test/${file.name}.gz`;
  const partial = (range: string, status = 206, headers: Record<string, string> = {}) => {
    const start = Number(/^bytes=(\d+)-$/.exec(range)![1]);
    const contentRange = `bytes ${start}-${compressed.length - 1}/${compressed.length}`;
    return new Response(compressed.slice(start), {
      status,
      headers: { 'content-range': contentRange, ...headers },
    });
  };

  it('resumes where it broke', async () => {
    const { requests, events, options } = setUp({
      'https://a.test/': (_, range) =>
        range === undefined ? new Response(breaking(compressed.slice(0, 300))) : partial(range),
    });
    expectBytes(await download(file, options), content);
    expect(requests).toEqual([url, `${url} bytes=300-`]);
    expect(events.find((event) => event.type === 'retry')).toMatchObject({
      receivedBytes: 300,
      reason: 'terminated (other side closed)',
    });
  });

  it('resumes as often as it gets further, though not for ever', async () => {
    const drip: Answer = (_, range) => {
      const start = Number(range?.match(/\d+/)?.[0] ?? 0);
      const headers = { 'content-range': `bytes ${start}-${start}/${compressed.length}` };
      return new Response(breaking(compressed.slice(start, start + 1)), {
        status: range === undefined ? 200 : 206,
        headers,
      });
    };
    const { requests, options } = setUp({ 'https://a.test/': drip });
    await expect(download(file, options)).rejects.toThrow(/terminated/);
    expect(requests).toHaveLength(5);
  });

  it('does not try again what brought nothing', async () => {
    const { requests, options } = setUp({
      'https://a.test/': () => new Response(breaking(new Uint8Array(0))),
    });
    await expect(download(file, options)).rejects.toThrow(/terminated/);
    expect(requests).toHaveLength(1);
  });

  it.each<[string, (range: string) => Response]>([
    ['sends everything again', () => new Response(compressed)],
    [
      'hides Content-Range, as from a page',
      (range) => new Response(partial(range).body, { status: 206 }),
    ],
  ])('works if the server %s', async (_, resume) => {
    const { options } = setUp({
      'https://a.test/': (__, range) =>
        range === undefined ? new Response(breaking(compressed.slice(0, 300))) : resume(range),
    });
    expectBytes(await download(file, options), content);
  });

  it('starts over if the server has another range, or none', async () => {
    const wrongRange = { 'content-range': 'bytes 0-9/10' };
    for (const refuse of [
      (range: string) => partial(range, 206, wrongRange),
      () => new Response('', { status: 416 }),
    ]) {
      const answers: Answer[] = [
        () => new Response(breaking(compressed.slice(0, 300))),
        (_, range) => refuse(range!),
        good,
      ];
      const { requests, options } = setUp({
        'https://a.test/': (...request) => answers.shift()!(...request),
      });
      expectBytes(await download(file, options), content);
      expect(requests).toEqual([url, `${url} bytes=300-`, url]);
    }
  });

  it('starts over if what came was not compressed, as ranges then count other bytes', async () => {
    let request = 0;
    const { requests, options } = setUp({
      'https://a.test/': () =>
        request++ === 0 ? new Response(breaking(content.slice(0, 300))) : new Response(content),
    });
    expectBytes(await download(file, options), content);
    expect(requests).toEqual([url, url]);
  });
});

describe('aborting a download', () => {
  it('rejects with the reason of the signal, and asks no other mirror', async () => {
    const controller = new AbortController();
    const reason = new Error('the user pressed Ctrl-C');
    const { requests, options } = setUp({
      'https://a.test/': (_, __, signal) =>
        new Response(
          new ReadableStream({
            start(stream) {
              stream.enqueue(compressed.slice(0, 100));
              signal.addEventListener('abort', () => stream.error(signal.reason));
            },
          }),
        ),
      'https://b.test/': good,
    });
    const onEvent = () => controller.abort(reason);
    const promise = download(file, { ...options, signal: controller.signal, onEvent });
    await expect(promise).rejects.toBe(reason);
    expect(requests).toHaveLength(1);
  });

  it('beforehand asks no mirror at all', async () => {
    const { requests, options } = setUp({ 'https://a.test/': good });
    const reason = new Error('never mind');
    await expect(download(file, { ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    expect(requests).toEqual([]);
  });
});
