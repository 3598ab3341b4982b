import { mismatch } from './checksum.js';
import type { MirrorFailure } from './errors.js';
import { DownloadError } from './errors.js';
import type { VerifiedFile } from './files.js';
import { inflate } from './inflate.js';
import type { Fetch } from './transfer.js';
import { reasonOf, transfer } from './transfer.js';

/** What happens on the way of a file from a mirror into the cache. */
export type DownloadEvent =
  | {
      /** Bytes arrived; they count as sent, that is, compressed. */
      readonly type: 'progress';
      readonly file: string;
      readonly url: string;
      readonly receivedBytes: number;
      /** `undefined` where the server does not say. */
      readonly totalBytes: number | undefined;
    }
  | {
      /** The connection broke; the same address is asked again, from `receivedBytes` on. */
      readonly type: 'retry';
      readonly file: string;
      readonly url: string;
      readonly receivedBytes: number;
      readonly reason: string;
    }
  | {
      /** This mirror is given up for this file, and the next one asked. */
      readonly type: 'mirror-failed';
      readonly file: string;
      readonly url: string;
      readonly reason: string;
    }
  | {
      /** The file is good but could not be kept, so that the next run downloads it again. */
      readonly type: 'cache-failed';
      readonly file: string;
      readonly reason: string;
    };

/** How files are downloaded. */
export interface DownloadOptions {
  /** Addresses of folders that hold the gzipped files, asked one after another. */
  readonly mirrors: readonly string[];
  readonly fetch: Fetch;
  /** A mirror that sends nothing for so many milliseconds is given up. */
  readonly timeout: number;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: DownloadEvent) => void) | undefined;
}

/** How much longer than its contents gzip may be: stored blocks, header, a file name. */
const gzipOverhead = 65_536;

/**
 * Downloads a file from the first mirror that delivers it whole and unaltered.
 *
 * @returns The inflated bytes, whose length and SHA-256 are those of `file`.
 * @throws {DownloadError} With the reason of every mirror; the signal's reason if it was aborted.
 */
export async function download(
  file: VerifiedFile,
  options: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const failures: MirrorFailure[] = [];
  for (const mirror of options.mirrors) {
    options.signal?.throwIfAborted();
    const url = `${mirror.replace(/\/*$/, '/')}${file.name}.gz`;
    try {
      return await downloadFrom(url, file, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      const reason = reasonOf(error);
      failures.push({ url, reason });
      options.onEvent?.({ type: 'mirror-failed', file: file.name, url, reason });
    }
  }
  throw new DownloadError(file.name, failures);
}

async function downloadFrom(
  url: string,
  file: VerifiedFile,
  { fetch, timeout, signal, onEvent }: DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const about = { file: file.name, url };
  const compressed = await transfer(url, {
    fetch,
    timeout,
    signal,
    maximumBytes: file.byteLength + gzipOverhead,
    onReceived: (receivedBytes, totalBytes) =>
      onEvent?.({ type: 'progress', ...about, receivedBytes, totalBytes }),
    onRetry: (reason, receivedBytes) =>
      onEvent?.({ type: 'retry', ...about, reason, receivedBytes }),
  });
  const bytes = await inflate(compressed, { maximumBytes: file.byteLength, name: file.name });
  const problem = await mismatch(bytes, file);
  if (problem !== undefined) throw new Error(problem);
  return bytes;
}
