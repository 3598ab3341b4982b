import {
  concat,
  sizeOf,
  tensor,
  zeros,
  type PaddingOption,
  type Shape,
  type Tensor,
} from '@gradus/core';
import { permutation, randomKey } from '@gradus/random';
import * as fc from 'fast-check';

/** The options of a window, and the size of an image that it fits. */
export interface WindowCase {
  readonly options: {
    readonly kernelSize: readonly [number, number];
    readonly stride: readonly [number, number];
    readonly dilation: readonly [number, number];
    readonly padding: PaddingOption;
  };
  readonly size: readonly [number, number];
}

const between = (min: number, max: number) => fc.integer({ min, max });
const pair = (min: number, max: number) => fc.tuple(between(min, max), between(min, max));

/** Windows with options of every kind over small images, never padded by as much as they span. */
export const windowCases: fc.Arbitrary<WindowCase> = fc
  .record({
    kernelSize: pair(1, 3),
    stride: pair(1, 3),
    dilation: pair(1, 2),
    kind: fc.constantFrom('same', 'valid', 'number', 'pair', 'sides'),
    sides: fc.tuple(between(0, 2), between(0, 2), between(0, 2), between(0, 2)),
    more: pair(0, 3),
  })
  .map(({ kind, sides, more, ...window }) => {
    const spans = window.kernelSize.map((extent, axis) => (extent - 1) * window.dilation[axis]!);
    const [top, bottom, left, right] = sides.map((side, i) => Math.min(side, spans[i >> 1]!));
    const paddings: Record<typeof kind, PaddingOption> = {
      same: 'same',
      valid: 'valid',
      number: Math.min(top!, left!),
      pair: [top!, left!],
      sides: { top: top!, bottom: bottom!, left: left!, right: right! },
    };
    const size = [spans[0]! + 1 + more[0], spans[1]! + 1 + more[1]] as const;
    return { options: { ...window, padding: paddings[kind] }, size };
  });

/** How often properties are tried; fast-check prints the seed and the smallest failure. */
export const runs = { seed: 1, numRuns: 12 };

/** Numbers in [−2, 2), the same each time: in random order, and as far apart as so many can be. */
export function valuesOf(shape: Shape): Tensor {
  const order = permutation(randomKey(9), sizeOf(shape));
  const values = Float64Array.from(order, (place) => (4 * place) / order.length - 2);
  return tensor(values, { shape });
}

/** Integers from 0 on, row by row. */
export function counting(shape: Shape): Tensor {
  return tensor(
    Array.from({ length: sizeOf(shape) }, (_, i) => i),
    { shape },
  );
}

/**
 * Square images with a bar of three elements each, anywhere but near the rim: [n, 1, size, size].
 * Labels tell vertical bars (1) from horizontal ones (0). All have the same mean.
 */
export function bars(size: number): { images: Tensor; labels: Int32Array } {
  const images: number[][] = [];
  const labels: number[] = [];
  for (const vertical of [0, 1]) {
    for (let row = 2; row < size - 2 - 2 * vertical; row++) {
      for (let column = 2; column < size - 4 + 2 * vertical; column++) {
        const pixels = new Array<number>(size * size).fill(0);
        for (let i = 0; i < 3; i++) pixels[row * size + column + i * (vertical ? size : 1)] = 1;
        images.push(pixels);
        labels.push(vertical);
      }
    }
  }
  const shape = [images.length, 1, size, size];
  return { images: tensor(images.flat(), { shape }), labels: Int32Array.from(labels) };
}

/**
 * The same in one of two channels: [n, 2, size, size]. Labels tell vertical bars from horizontal
 * ones (1 or 0) in the first channel, horizontal from vertical ones in the second.
 */
export function barsInChannels(size: number): { images: Tensor; labels: Int32Array } {
  const { images, labels } = bars(size);
  const nothing = zeros(images.shape);
  return {
    images: concat([concat([images, nothing], 1), concat([nothing, images], 1)]),
    labels: Int32Array.from([...labels, ...labels.map((label) => 1 - label)]),
  };
}
