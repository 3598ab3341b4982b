import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decodeMnist, mnist } from '@gradus/mnist';
import { acceptedNames } from '../src/files.js';
import type { MnistRole } from '../src/files.js';
import { gzip, images, labels, smallFiles, temporaryDirectory } from './support.js';

type Files = Record<string, Uint8Array>;

const roles = Object.keys(smallFiles) as MnistRole[];

afterEach(() => void vi.unstubAllEnvs());

/** The small files under canonical names, with changes; an undefined one is left out. */
async function directoryOf(changes: Record<string, Uint8Array | undefined> = {}): Promise<string> {
  const directory = await temporaryDirectory();
  const canonical = Object.fromEntries(
    roles.map((role) => [acceptedNames(role)[0]!, smallFiles[role]]),
  );
  for (const [name, bytes] of Object.entries({ ...canonical, ...changes })) {
    if (bytes !== undefined) await writeFile(join(directory, name), bytes);
  }
  return directory;
}

function failure(code: string, message = /./): unknown {
  return expect.objectContaining({ code, message: expect.stringMatching(message) as string });
}

describe('mnist from a directory', () => {
  it('reads images as float32 in [0, 1] and labels as int32', async () => {
    const { train, test, source, canonical } = await mnist({ dataDirectory: await directoryOf() });
    expect({ source, canonical }).toEqual({ source: 'directory', canonical: false });
    expect([train.length, test.length]).toEqual([8, 4]);
    expect(train.columns).toEqual({
      images: { dtype: 'float32', shape: [1, 28, 28] },
      labels: { dtype: 'int32', shape: [] },
    });
    const [, batch] = [...train.batches(3)];
    expect(batch!.images.shape).toEqual([3, 1, 28, 28]);
    expect(batch!.labels).toEqual({ data: Int32Array.of(3, 4, 5), shape: [3] });
    const pixels = smallFiles.trainImages.subarray(16 + 3 * 784, 16 + 6 * 784);
    expect(batch!.images.data).toEqual(Float32Array.from(pixels, (pixel) => pixel / 255));
  });

  it.each([0, 1, 2, 3])('accepts variant %d of each name', async (variant) => {
    const files: Files = {};
    for (const role of roles) {
      const name = acceptedNames(role)[variant]!;
      files[name] = name.endsWith('.gz') ? gzip(smallFiles[role]) : smallFiles[role];
    }
    const absent = Object.fromEntries(roles.map((role) => [acceptedNames(role)[0]!, undefined]));
    const dataDirectory = await directoryOf({ ...absent, ...files });
    expect((await mnist({ dataDirectory })).train.length).toBe(8);
  });

  it('accepts links and ignores what else lies there', async () => {
    const target = await directoryOf();
    const directory = await temporaryDirectory();
    await mkdir(join(directory, 'raw'));
    await symlink(join(target, 'nowhere'), join(directory, 'dangling'));
    for (const role of roles) {
      const [name] = acceptedNames(role);
      await symlink(join(target, name!), join(directory, name!));
    }
    expect((await mnist({ dataDirectory: directory })).test.length).toBe(4);
  });

  it('falls back to GRADUS_DATA_DIR, unless that is empty', async () => {
    vi.stubEnv('GRADUS_DATA_DIR', await directoryOf());
    expect((await mnist()).source).toBe('directory');

    vi.stubEnv('GRADUS_DATA_DIR', '');
    await expect(mnist({ mirrors: [], cache: false })).rejects.toThrow(/list of mirrors is empty/);
  });

  it('names the directory, what it lacks and what to do', async () => {
    const dataDirectory = await directoryOf({
      'train-labels-idx1-ubyte': undefined,
      't10k-images-idx3-ubyte': undefined,
    });
    const message =
      `The data directory ${dataDirectory} lacks train-labels-idx1-ubyte, ` +
      't10k-images-idx3-ubyte. Put the four files of MNIST there';
    await expect(mnist({ dataDirectory })).rejects.toThrow(message);
  });

  it('does not take a directory for a file', async () => {
    const dataDirectory = await directoryOf({ 't10k-labels-idx1-ubyte': undefined });
    await mkdir(join(dataDirectory, 't10k-labels-idx1-ubyte'));
    await expect(mnist({ dataDirectory })).rejects.toEqual(failure('MNIST_FILES_MISSING'));
  });

  it('says which directory or file cannot be read', async () => {
    const parent = await directoryOf({ 't10k-labels-idx1-ubyte': undefined });
    const dataDirectory = join(parent, 'absent');
    await expect(mnist({ dataDirectory })).rejects.toEqual(
      failure('MNIST_UNREADABLE', /absent cannot be read: ENOENT/),
    );
    await symlink(join(parent, 'nowhere'), join(parent, 't10k-labels-idx1-ubyte'));
    await expect(mnist({ dataDirectory: parent })).rejects.toEqual(
      failure('MNIST_UNREADABLE', /t10k-labels-idx1-ubyte cannot be read: ENOENT/),
    );
  });

  it('refuses enormous files before reading them', async () => {
    const dataDirectory = await directoryOf();
    await truncate(join(dataDirectory, 't10k-labels-idx1-ubyte'), 2 ** 40);
    await expect(mnist({ dataDirectory })).rejects.toEqual(
      failure('MNIST_INVALID_DATA', /t10k-labels-idx1-ubyte: the file has 1099511627776 bytes/),
    );
  });
});

describe('files that are no digits', () => {
  it.each<[string, Files, string, RegExp]>([
    [
      'have images of another size',
      { 'train-images-idx3-ubyte': images(8, 28, 27) },
      'MNIST_INVALID_DATA',
      /train-images.*expected uint8 images of shape \[n, 28, 28\].*\[8, 28, 27\]/,
    ],
    [
      'have no images',
      { 'train-images-idx3-ubyte': images(0), 'train-labels-idx1-ubyte': labels(0) },
      'MNIST_INVALID_DATA',
      /with n > 0/,
    ],
    [
      'are swapped',
      { 'train-images-idx3-ubyte': labels(8), 'train-labels-idx1-ubyte': images(8) },
      'MNIST_INVALID_DATA',
      /train-images-idx3-ubyte: expected uint8 images.*shape \[8\]/,
    ],
    [
      'have images for labels',
      { 'train-labels-idx1-ubyte': images(8) },
      'MNIST_INVALID_DATA',
      /train-labels-idx1-ubyte: expected uint8 labels of shape \[n\]/,
    ],
    [
      'have a label above 9',
      { 't10k-labels-idx1-ubyte': labels(4).with(10, 10) },
      'MNIST_INVALID_DATA',
      /t10k-labels-idx1-ubyte: label 2 is 10, expected 0 to 9/,
    ],
    [
      'differ in number',
      { 't10k-labels-idx1-ubyte': labels(5) },
      'MNIST_INVALID_DATA',
      /t10k-images-idx3-ubyte has 4 images, but .*t10k-labels-idx1-ubyte has 5 labels/,
    ],
    [
      'are not IDX',
      { 't10k-labels-idx1-ubyte': new TextEncoder().encode('label\n7\n2\n') },
      'IDX_BAD_MAGIC',
      /t10k-labels-idx1-ubyte: not an IDX file/,
    ],
    [
      'are truncated',
      { 't10k-images-idx3-ubyte': gzip(smallFiles.testImages).slice(0, 99) },
      'INFLATE_CORRUPT',
      /t10k-images-idx3-ubyte: the gzip stream is truncated/,
    ],
    [
      'are bombs',
      { 't10k-labels-idx1-ubyte': gzip(new Uint8Array(10_000_000)) },
      'INFLATE_TOO_LARGE',
      /t10k-labels-idx1-ubyte: the content is larger than/,
    ],
  ])('are refused if they %s', async (_, changes, code, message) => {
    const dataDirectory = await directoryOf(changes);
    await expect(mnist({ dataDirectory })).rejects.toEqual(failure(code, message));
  });
});

describe('decodeMnist', () => {
  it('takes files that are already in memory', async () => {
    const named = (role: MnistRole) => ({ name: `my ${role}`, bytes: gzip(smallFiles[role]) });
    const files = {
      trainImages: named('trainImages'),
      trainLabels: named('trainLabels'),
      testImages: named('testImages'),
      testLabels: named('testLabels'),
    };
    const { train, test, canonical } = await decodeMnist(files);
    expect([train.length, test.length, canonical]).toEqual([8, 4, false]);
    await expect(
      decodeMnist({ ...files, testLabels: { name: 'my wrong file', bytes: new Uint8Array(3) } }),
    ).rejects.toThrow(/^my wrong file: /);
  });
});
