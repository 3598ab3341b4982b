import { sizeOf, type ImageShape, type Window2d } from '@gradus/core/backend';
import * as fc from 'fast-check';

/** A window of 1 × 1 that moves by 1, but for what is given. */
export function windowOf(options: Partial<Window2d> = {}): Window2d {
  const padding = { top: 0, bottom: 0, left: 0, right: 0 };
  return { kernel: [1, 1], stride: [1, 1], dilation: [1, 1], padding, ...options };
}

/** How many places a window takes on images of a size. */
export function placesOf(
  [height, width]: readonly [number, number],
  { kernel, stride, dilation, padding }: Window2d,
): [number, number] {
  const along = (extent: number, axis: 0 | 1): number =>
    Math.floor((extent - (kernel[axis] - 1) * dilation[axis] - 1) / stride[axis]) + 1;
  return [
    along(height + padding.top + padding.bottom, 0),
    along(width + padding.left + padding.right, 1),
  ];
}

/** An element of a channel that a window sees: its place, what it is in the window and where. */
export interface Sight {
  readonly place: readonly [number, number];
  readonly element: readonly [number, number];
  readonly at: readonly [number, number];
}

/** All that a window sees of a channel, place by place and then row by row, padding left out. */
export function* sights(size: readonly [number, number], window: Window2d): Generator<Sight> {
  const [rows, columns] = placesOf(size, window);
  const { kernel, stride, dilation, padding } = window;
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (let i = 0; i < kernel[0]; i++) {
        for (let j = 0; j < kernel[1]; j++) {
          const row = y * stride[0] + i * dilation[0] - padding.top;
          const column = x * stride[1] + j * dilation[1] - padding.left;
          if (row < 0 || row >= size[0] || column < 0 || column >= size[1]) continue;
          yield { place: [y, x], element: [i, j], at: [row, column] };
        }
      }
    }
  }
}

/** Row-major position of (image, channel, row, column). */
export function positionIn(
  [, channels, height, width]: ImageShape,
  image: number,
  channel: number,
  [row, column]: readonly [number, number],
): number {
  return ((image * channels + channel) * height + row) * width + column;
}

/** Multiples of 1/64 in [−1, 1): their products are summed without error, in any order. */
export function exactNumbers(shape: ImageShape, seed: number): number[] {
  return Array.from(
    { length: sizeOf(shape) },
    (_, i) => (((i + 1) * (7919 + 104 * seed)) % 128) / 64 - 1,
  );
}

/** Windows with every option, and sizes of images that they fit. */
export const anyWindow = fc
  .record({
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    stride: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    dilation: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    padding: fc.record({
      top: fc.integer({ min: 0, max: 5 }),
      bottom: fc.integer({ min: 0, max: 5 }),
      left: fc.integer({ min: 0, max: 5 }),
      right: fc.integer({ min: 0, max: 5 }),
    }),
    extra: fc.tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 })),
  })
  .map(({ extra, ...window }) => {
    const { kernel, dilation } = window;
    const size = [0, 1].map((axis) => (kernel[axis]! - 1) * dilation[axis]! + 1 + extra[axis]!);
    return { window, size: size as [number, number] };
  });
