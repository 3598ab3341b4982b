import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { syntheticDigits, type Fetch } from 'gradus';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { checkBatchSize, loadDigits } from '../src/training/digits.js';
import type { TrainingEvent } from '../src/training/protocol.js';
import { digitsDirectory, temporaryDirectory } from './support.js';

const nowhere = { dataset: undefined, dataDirectory: undefined };
let events: TrainingEvent[];
let stop: AbortController;

/** What loading needs, with a network that this function stands for, and few digits to draw. */
function context(fetch: Fetch) {
  const emit = (event: TrainingEvent) => events.push(event);
  return { emit, signal: stop.signal, fetch, draw: () => syntheticDigits({ train: 9, test: 5 }) };
}

const offline = async () => {
  throw new TypeError('fetch failed', { cause: new Error('getaddrinfo ENOTFOUND mirror') });
};

beforeEach(() => {
  events = [];
  stop = new AbortController();
  // No cache, and no data directory of whoever runs the tests.
  vi.stubEnv('XDG_CACHE_HOME', temporaryDirectory());
  vi.stubEnv('LOCALAPPDATA', temporaryDirectory());
  vi.stubEnv('HOME', temporaryDirectory());
  vi.stubEnv('GRADUS_DATA_DIR', '');
  return () => vi.unstubAllEnvs();
});

describe('loadDigits', () => {
  it('reads a data directory, and does not call it MNIST when it is not', async () => {
    const dataDirectory = digitsDirectory(30, 20);
    const digits = await loadDigits({ ...nowhere, dataDirectory }, context(offline));
    expect(digits.name).toBe('custom');
    expect([digits.train.length, digits.test.length]).toEqual([30, 20]);
  });

  it('reads the directory that the environment names', async () => {
    vi.stubEnv('GRADUS_DATA_DIR', digitsDirectory(30, 20));
    expect(await loadDigits(nowhere, context(offline))).toMatchObject({ name: 'custom' });
  });

  it('never draws digits in place of a directory that was named', async () => {
    const dataDirectory = digitsDirectory(30, 20);
    rmSync(join(dataDirectory, 't10k-labels-idx1-ubyte'));
    for (const variable of ['', dataDirectory]) {
      vi.stubEnv('GRADUS_DATA_DIR', variable);
      const request = { ...nowhere, dataDirectory: variable === '' ? dataDirectory : undefined };
      await expect(loadDigits(request, context(offline))).rejects.toMatchObject({
        code: 'MNIST_FILES_MISSING',
      });
    }
  });

  it('draws digits without a network, and says so in one line', async () => {
    const digits = await loadDigits(nowhere, context(offline));
    expect(digits.name).toBe('synthetic');
    expect(digits.train.length).toBe(9);
    const notices = events.filter(({ type }) => type === 'notice');
    expect(notices).toEqual([
      {
        type: 'notice',
        text: 'MNIST cannot be downloaded (fetch failed (getaddrinfo ENOTFOUND mirror)), so this trains on digits drawn by code; --data-dir reads MNIST from a directory.',
      },
    ]);
  });

  it('does not draw digits where MNIST was asked for', async () => {
    const request = { ...nowhere, dataset: 'mnist' } as const;
    await expect(loadDigits(request, context(offline))).rejects.toMatchObject({
      code: 'DOWNLOAD_FAILED',
      message: expect.stringContaining('--data-dir'),
    });
  });

  it('asks no network for synthetic digits', async () => {
    const fetch = vi.fn(offline);
    const digits = await loadDigits({ ...nowhere, dataset: 'synthetic' }, context(fetch));
    expect(digits.name).toBe('synthetic');
    expect(fetch).not.toHaveBeenCalled();
  });

  it('gives up mirrors that do not answer, each after a few seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const fetch = vi.fn(
      async (_url: string, { signal }: { signal: AbortSignal }) =>
        new Promise<Response>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        ),
    );
    const loading = loadDigits(nowhere, context(fetch));
    for (const asked of [1, 2]) {
      await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(asked));
      await vi.advanceTimersByTimeAsync(2_500);
    }
    vi.useRealTimers();
    expect(await loading).toMatchObject({ name: 'synthetic' });
    expect(events).toContainEqual({
      type: 'notice',
      text: expect.stringContaining('(no answer in 2.5 s)'),
    });
  });

  it('passes on how a download goes', async () => {
    const half = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(10));
        controller.close();
      },
    });
    const headers = { 'content-length': '20' };
    await loadDigits(
      nowhere,
      context(async () => new Response(half, { headers })),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'download', receivedBytes: 10, totalBytes: 20 }),
    );
  });

  it('can be stopped', async () => {
    stop.abort();
    await expect(loadDigits(nowhere, context(offline))).rejects.toThrow('aborted');
  });
});

it('a batch may hold all training examples and no more', () => {
  checkBatchSize(60_000, 60_000);
  expect(() => checkBatchSize(60_001, 60_000)).toThrow(
    '--batch-size must be at most 60000, the number of training examples; got 60001.',
  );
});
