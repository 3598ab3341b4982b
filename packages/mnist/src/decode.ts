import { mismatch } from './checksum.js';
import type { DigitDataset, DigitSplits } from './digit-dataset.js';
import { digitDataset } from './digit-dataset.js';
import { digitSize } from './digits/raster.js';
import { MnistDataError } from './errors.js';
import type { ForEachFile } from './files.js';
import { forEachFile, maximumBytes, mnistFiles } from './files.js';
import { readIdx } from './idx.js';
import { inflate } from './inflate.js';

/** A file in memory, and what messages call it. */
export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Digits read from four files. */
export interface DecodedMnist extends DigitSplits {
  /** Whether every byte is that of MNIST itself, as opposed to other data of the same form. */
  readonly canonical: boolean;
}

/**
 * Makes datasets of the four files of MNIST, or of any collection of the same form such as
 * Fashion-MNIST: 28×28 images and labels from 0 to 9. This is how a page uses files that its
 * visitor chose.
 *
 * @param files Name and bytes of each file, gzipped or not.
 * @throws {IdxError | InflateError} If a file is damaged; the message has its name.
 * @throws {MnistDataError} `MNIST_INVALID_DATA` if a file is sound but holds something else.
 */
export async function decodeMnist(files: ForEachFile<NamedFile>): Promise<DecodedMnist> {
  const inflated = await forEachFile(async (role) => {
    const { name, bytes } = files[role];
    return { name, bytes: await inflate(bytes, { maximumBytes: maximumBytes(role), name }) };
  });
  const splits = digitsOf(inflated);
  const problems = await forEachFile((role) => mismatch(inflated[role].bytes, mnistFiles[role]));
  return { ...splits, canonical: Object.values(problems).every((each) => each === undefined) };
}

/** Datasets of four files that are already inflated. */
export function digitsOf(files: ForEachFile<NamedFile>): DigitSplits {
  return {
    train: digits(files.trainImages, files.trainLabels),
    test: digits(files.testImages, files.testLabels),
  };
}

function digits(images: NamedFile, labels: NamedFile): DigitDataset {
  const pixels = readIdx(images.bytes, images);
  const answers = readIdx(labels.bytes, labels);
  const [count, height, width] = pixels.shape;
  const isStackOfImages = pixels.shape.length === 3 && height === digitSize && width === digitSize;
  if (pixels.dtype !== 'uint8' || !isStackOfImages || count === 0) {
    throw invalid(images, `uint8 images of shape [n, ${digitSize}, ${digitSize}]`, pixels);
  }
  if (answers.dtype !== 'uint8' || answers.shape.length !== 1) {
    throw invalid(labels, 'uint8 labels of shape [n]', answers);
  }
  if (answers.shape[0] !== count) {
    throw new MnistDataError(
      'MNIST_INVALID_DATA',
      `${images.name} has ${count} images, but ${labels.name} has ${answers.shape[0]} labels: ` +
        'the two files do not belong together.',
    );
  }
  const wrong = answers.data.findIndex((label) => label > 9);
  if (wrong !== -1) {
    throw new MnistDataError(
      'MNIST_INVALID_DATA',
      `${labels.name}: label ${wrong} is ${answers.data[wrong]}, expected 0 to 9.`,
    );
  }
  return digitDataset(pixels.data, Int32Array.from(answers.data));
}

function invalid(
  { name }: NamedFile,
  expected: string,
  actual: { readonly dtype: string; readonly shape: readonly number[] },
): MnistDataError {
  return new MnistDataError(
    'MNIST_INVALID_DATA',
    `${name}: expected ${expected} with n > 0, but the file holds ${actual.dtype} elements of ` +
      `shape [${actual.shape.join(', ')}].`,
  );
}
