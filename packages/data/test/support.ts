import { expect } from 'vitest';
import { dataset } from '../src/index.js';
import type { Batch, Dataset, TensorData } from '../src/index.js';

/** `length` examples: pixels [2, 3] holding 10·row + 0…5 as bytes, and labels holding the row. */
export function numbered(
  length: number,
): Dataset<{ readonly pixels: TensorData<Uint8Array>; readonly labels: TensorData<Int32Array> }> {
  return dataset({
    pixels: {
      data: Uint8Array.from({ length: length * 6 }, (_, at) => 10 * Math.floor(at / 6) + (at % 6)),
      shape: [length, 2, 3],
    },
    labels: { data: Int32Array.from({ length }, (_, row) => row), shape: [length] },
  });
}

/** The labels of a batch as an ordinary array. */
export function labels(batch: Batch): number[] {
  return Array.from(batch['labels']!.data);
}

/** The labels of every batch. */
export function labelsOf(batches: Iterable<Batch>): number[][] {
  return Array.from(batches, labels);
}

/** 0 … length − 1. */
export function range(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}

/** What an error must look like: its code, and a pattern that its message matches. */
export function failure(code: string, message = ''): unknown {
  return expect.objectContaining({ code, message: expect.stringMatching(message) as string });
}
