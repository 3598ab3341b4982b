import { sizeOf, windowPlaces, type Convolution2d, type Shape, type Window2d } from '@gradus/core';
import { at, positionOf, type HostArray, type Index } from './host-array.js';

/** Where a window at an output place sees an element of an image. */
interface Sight {
  readonly image: Index;
  readonly output: Index;
  /** Row and column inside of the window. */
  readonly kernel: readonly [number, number];
}

/** Every element that a window sees in one channel of one image, place by place. */
function* sights(
  [height, width]: readonly [number, number],
  window: Window2d,
): Generator<{ y: number; x: number; place: [number, number]; kernel: [number, number] }> {
  const [rows, columns] = windowPlaces([height, width], window);
  const { kernel, stride, dilation, padding } = window;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      for (let ky = 0; ky < kernel[0]; ky++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          const y = row * stride[0] + ky * dilation[0] - padding.top;
          const x = column * stride[1] + kx * dilation[1] - padding.left;
          const inside = y >= 0 && y < height && x >= 0 && x < width;
          if (inside) yield { y, x, place: [row, column], kernel: [ky, kx] };
        }
      }
    }
  }
}

/** What a pooling sees, image by image and channel by channel. */
function* poolingSights(images: Shape, window: Window2d): Generator<Sight> {
  const [count, channels, height, width] = images as [number, number, number, number];
  for (let n = 0; n < count; n++) {
    for (let c = 0; c < channels; c++) {
      for (const { y, x, place, kernel } of sights([height, width], window)) {
        yield { image: [n, c, y, x], output: [n, c, ...place], kernel };
      }
    }
  }
}

/** What a convolution multiplies: elements of images and filter, and where the product goes. */
export function* products(
  images: Shape,
  filter: Shape,
  convolution: Convolution2d,
): Generator<{ image: Index; filter: Index; output: Index }> {
  const [count, , height, width] = images as [number, number, number, number];
  const [outputs, perGroup] = filter as [number, number, number, number];
  const outputsPerGroup = outputs / convolution.groups;
  for (let n = 0; n < count; n++) {
    for (let o = 0; o < outputs; o++) {
      const firstChannel = Math.floor(o / outputsPerGroup) * perGroup;
      for (let c = 0; c < perGroup; c++) {
        for (const { y, x, place, kernel } of sights([height, width], convolution)) {
          yield {
            image: [n, firstChannel + c, y, x],
            filter: [o, c, ...kernel],
            output: [n, o, ...place],
          };
        }
      }
    }
  }
}

/** An array of zeros to which contributions are added where they belong. */
export function collect(
  shape: Shape,
  contributions: Iterable<{ readonly place: Index; readonly value: number }>,
): HostArray {
  const data = new Float64Array(sizeOf(shape));
  for (const { place, value } of contributions) {
    const position = positionOf(shape, place);
    data[position] = data[position]! + value;
  }
  return { shape, data };
}

/** The greatest element of each window, and where in the window it is. */
export function greatest(
  images: HostArray,
  shape: Shape,
  window: Window2d,
): { values: HostArray; positions: HostArray } {
  const values = new Float64Array(sizeOf(shape));
  const positions = new Float64Array(sizeOf(shape));
  const seen = new Set<number>();
  for (const { image, output, kernel } of poolingSights(images.shape, window)) {
    const place = positionOf(shape, output);
    const candidate = at(images, image);
    const holder = values[place]!;
    const wins =
      !seen.has(place) || candidate > holder || (Number.isNaN(candidate) && !Number.isNaN(holder));
    if (!wins) continue;
    seen.add(place);
    values[place] = candidate;
    positions[place] = kernel[0] * window.kernel[1] + kernel[1];
  }
  return { values: { shape, data: values }, positions: { shape, data: positions } };
}

/** The sum of each window. */
export function windowSums(images: HostArray, shape: Shape, window: Window2d): HostArray {
  const seen = [...poolingSights(images.shape, window)];
  return collect(
    shape,
    seen.map(({ image, output }) => ({ place: output, value: at(images, image) })),
  );
}

/** Each value at all elements its window sees, or at the one that `positions` names. */
export function spread(
  values: HostArray,
  positions: HostArray | undefined,
  shape: Shape,
  window: Window2d,
): HostArray {
  const chosen = [...poolingSights(shape, window)].filter(
    ({ output, kernel }) =>
      positions === undefined || at(positions, output) === kernel[0] * window.kernel[1] + kernel[1],
  );
  return collect(
    shape,
    chosen.map(({ image, output }) => ({ place: image, value: at(values, output) })),
  );
}
