import type { Dataset, TensorData } from '@gradus/data';
import { dataset } from '@gradus/data';
import { digitSize } from './digits/raster.js';

/**
 * Digits by the batch: `images` float32 [n, 1, 28, 28] in [0, 1], 1 being full ink, and `labels`
 * int32 [n] in [0, 9]. They are stored as bytes and scaled when a batch is read.
 */
export type DigitDataset = Dataset<{
  readonly images: TensorData<Float32Array>;
  readonly labels: TensorData<Int32Array>;
}>;

/** A training set and a test set that have no example in common. */
export interface DigitSplits {
  readonly train: DigitDataset;
  readonly test: DigitDataset;
}

/** Puts pixels, row by row and image by image, and the label of each image into a dataset. */
export function digitDataset(pixels: Uint8Array, labels: Int32Array): DigitDataset {
  return dataset({
    images: { data: pixels, shape: [labels.length, 1, digitSize, digitSize] },
    labels: { data: labels, shape: [labels.length] },
  }).scale('images');
}
