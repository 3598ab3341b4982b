import { readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { DownloadEvent, Mnist, MnistOptions } from '@gradus/mnist';
import { loadMnist } from '../src/load.js';
import { nodePlatform } from '../src/platform-node.js';
import {
  expectBytes,
  gzip,
  mirrored,
  serve,
  smallFiles,
  smallSpecifications,
  temporaryDirectory,
} from './support.js';

const platform = { ...nodePlatform()!, environmentDirectory: () => undefined };
const names = Object.values(smallSpecifications).map(({ name }) => name);
const pathOfImages = '/train-images-idx3-ubyte.gz';

function load(options: MnistOptions): Promise<Mnist> {
  return loadMnist(platform, options, smallSpecifications);
}

/** A mirror as it should be, ranges included. */
function mirror(request: IncomingMessage, response: ServerResponse): void {
  const bytes = mirrored.get(request.url!.slice(1));
  if (bytes === undefined) return void response.writeHead(404).end();
  const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': bytes.length - start,
    ...(start > 0 ? range : {}),
  });
  response.end(bytes.subarray(start));
}

/** A mirror that breaks the connection after half of the first images. */
function flakyMirror(requests: string[]) {
  return (request: IncomingMessage, response: ServerResponse) => {
    requests.push(`${request.url} ${request.headers.range ?? 'whole'}`);
    if (request.url !== pathOfImages || request.headers.range) return mirror(request, response);
    const bytes = mirrored.get(pathOfImages.slice(1))!;
    response.writeHead(200, { 'content-length': bytes.length });
    response.write(bytes.subarray(0, 1000), () => response.destroy());
  };
}

describe('from a real server', () => {
  it('downloads, caches, and takes everything from the cache the next time', async () => {
    const cacheDirectory = await temporaryDirectory();
    const mirrors = [await serve(mirror)];
    const first = await load({ mirrors, cacheDirectory });
    expect(first).toMatchObject({ source: 'download', canonical: true });
    expect((await readdir(cacheDirectory)).sort()).toEqual(names.toSorted());

    const second = await load({ mirrors: [], cacheDirectory });
    expect(second).toMatchObject({ source: 'cache', canonical: true });
    const [batch] = [...second.train.batches(8)];
    expect(batch!.images.shape).toEqual([8, 1, 28, 28]);
    expect(batch!.images.data[1]).toBe(Math.fround(smallFiles.trainImages[17]! / 255));
    expect([...batch!.labels.data]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('resumes when the connection breaks amid a file', async () => {
    const requests: string[] = [];
    const events: DownloadEvent[] = [];
    const cacheDirectory = await temporaryDirectory();
    const mirrors = [await serve(flakyMirror(requests))];
    await load({ mirrors, cacheDirectory, onEvent: (event) => events.push(event) });
    expect(requests.slice(0, 2)).toEqual([
      `${pathOfImages} whole`,
      expect.stringMatching(/^\/train-images-idx3-ubyte\.gz bytes=[1-9]\d*-$/),
    ]);
    expect(events.filter(({ type }) => type === 'retry')).toHaveLength(1);
    expect((await load({ mirrors: [], cacheDirectory })).source).toBe('cache');
  });

  it('follows redirects', async () => {
    const target = await serve(mirror);
    const mirrors = [
      await serve((request, response) => {
        response.writeHead(302, { location: new URL(request.url!, target).href }).end();
      }),
    ];
    expect((await load({ mirrors, cache: false })).source).toBe('download');
  });

  it('takes files that the server has compressed for the way a second time', async () => {
    const mirrors = [
      await serve((request, response) => {
        const bytes = mirrored.get(request.url!.slice(1))!;
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzip(bytes));
      }),
    ];
    expect((await load({ mirrors, cache: false })).source).toBe('download');
  });

  it('leaves a mirror that stalls, at once or amid a file', async () => {
    const stalls = [
      await serve(() => undefined),
      await serve((request, response) => {
        const bytes = mirrored.get(request.url!.slice(1))!;
        if (request.headers.range) return;
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 20));
      }),
    ];
    const reasons: string[] = [];
    const result = await load({
      mirrors: [...stalls, await serve(mirror)],
      cache: false,
      timeout: 100,
      onEvent: (event) => event.type === 'mirror-failed' && reasons.push(event.reason),
    });
    expect(result.source).toBe('download');
    expect(new Set(reasons)).toEqual(new Set(['no data for 100 ms']));
    expect(reasons).toHaveLength(8);
  });

  it('fails with the reason of every mirror', async () => {
    const wrong = await serve((_, response) => response.end(gzip(new Uint8Array(6288))));
    const absent = await serve((_, response) => response.writeHead(503).end());
    const closed = 'http://127.0.0.1:1/';
    await expect(load({ mirrors: [wrong, absent, closed], cache: false })).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      failures: [
        { reason: expect.stringMatching(/SHA-256 is [0-9a-f]{64}, expected/) as string },
        { reason: 'HTTP 503 Service Unavailable' },
        {
          url: expect.stringContaining(closed) as string,
          reason: expect.stringMatching(/./) as string,
        },
      ],
    });
  });
});

describe('the cache', () => {
  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void]>([
    ['sends other content', (_, response) => response.end(gzip(new Uint8Array(6288)))],
    [
      'sends half a file',
      (request, response) => {
        response.end(mirrored.get(request.url!.slice(1))!.subarray(0, 40));
      },
    ],
    [
      'hangs up',
      (_, response) => {
        response.writeHead(200, { 'content-length': 9999 });
        response.write(Uint8Array.of(0x1f, 0x8b), () => response.destroy());
      },
    ],
  ])('stays empty if the server %s', async (_, listener) => {
    const cacheDirectory = await temporaryDirectory();
    const mirrors = [await serve(listener)];
    await expect(load({ mirrors, cacheDirectory })).rejects.toThrow(/Cannot download train-images/);
    expect(await readdir(cacheDirectory)).toEqual([]);
  });

  it('holds whole files only if the download is aborted', async () => {
    const cacheDirectory = await temporaryDirectory();
    const mirrors = [await serve(mirror)];
    const controller = new AbortController();
    const reason = new Error('stopped');
    const onEvent = ({ file }: DownloadEvent) => {
      if (file === 't10k-images-idx3-ubyte') controller.abort(reason);
    };
    const { signal } = controller;
    await expect(load({ mirrors, cacheDirectory, signal, onEvent })).rejects.toBe(reason);
    expect((await readdir(cacheDirectory)).sort()).toEqual(names.slice(0, 2).toSorted());

    const files: string[] = [];
    await load({ mirrors, cacheDirectory, onEvent: ({ file }) => files.push(file) });
    expect(new Set(files)).toEqual(new Set(names.slice(2)));
  });

  it('is used by several processes at a time', async () => {
    const cacheDirectory = await temporaryDirectory();
    const mirrors = [await serve(mirror)];
    await Promise.all([1, 2, 3].map(() => load({ mirrors, cacheDirectory })));
    expect((await readdir(cacheDirectory)).sort()).toEqual(names.toSorted());
    expectBytes(
      (await platform.openCache(cacheDirectory)!.read(names[0]!))!,
      smallFiles.trainImages,
    );
  });
});
