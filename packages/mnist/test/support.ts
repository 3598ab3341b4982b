import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished } from 'vitest';
import { writeIdx } from '@gradus/mnist';
import type { ForEachFile } from '@gradus/mnist';
import type { VerifiedFile } from '../src/files.js';

/** Eight training and four test images, valid in every way but for being few. */
export const smallFiles: ForEachFile<Uint8Array<ArrayBuffer>> = {
  trainImages: images(8),
  trainLabels: labels(8),
  testImages: images(4),
  testLabels: labels(4),
};

/** What is known of the small files beforehand, as the package knows it of the real ones. */
export const smallSpecifications: ForEachFile<VerifiedFile> = {
  trainImages: specification('train-images-idx3-ubyte', smallFiles.trainImages),
  trainLabels: specification('train-labels-idx1-ubyte', smallFiles.trainLabels),
  testImages: specification('t10k-images-idx3-ubyte', smallFiles.testImages),
  testLabels: specification('t10k-labels-idx1-ubyte', smallFiles.testLabels),
};

/** The small files, gzipped, by the names under which a mirror has them. */
export const mirrored: ReadonlyMap<string, Uint8Array> = new Map(
  Object.entries(smallSpecifications).map(([role, { name }]) => [
    `${name}.gz`,
    gzip(smallFiles[role as keyof typeof smallFiles]),
  ]),
);

export function images(count: number, height = 28, width = 28): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(count * height * width).map(
    (_, index) => ((index * 2_654_435_761) >>> 13) % 251,
  );
  return writeIdx({ dtype: 'uint8', shape: [count, height, width], data });
}

export function labels(count: number, modulus = 10): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(count).map((_, index) => index % modulus);
  return writeIdx({ dtype: 'uint8', shape: [count], data });
}

export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(bytes));
}

function specification(name: string, bytes: Uint8Array): VerifiedFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { name, byteLength: bytes.length, sha256 };
}

/** Like `toEqual`, but fast for large arrays. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length);
  expect(Buffer.compare(actual, expected)).toBe(0);
}

/** A stream of the given pieces. */
export function streamOf(pieces: Iterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.iterator]();
  return new ReadableStream({
    pull(controller) {
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}

/** An empty directory that goes with the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gradus-mnist-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A server on this machine that goes with the test; returns its address, ending in a slash. */
export async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}/`;
}
