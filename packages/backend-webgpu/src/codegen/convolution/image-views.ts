import type { Conv2dKernel, ImageShape } from '@gradus/core/backend';
import { splitPosition } from '../coordinates.js';
import type { Shader } from '../shader.js';
import { elementsView, mostTaps, placesView, type AxisView } from '../windows/axis-view.js';

/** What one batch of a product computes: the channels of a group, at part of the places. */
export interface ImageBatch {
  readonly group: string;
  readonly down: AxisView;
  readonly across: AxisView;
}

/** A place of a batch, in one of the images. */
export interface ImagePlace {
  readonly image: string;
  readonly y: string;
  readonly x: string;
}

/** How the result of a `forward` or `inputGradient` sees its source, in the words of a shader. */
export class ImageViews {
  readonly source: ImageShape;
  /** How far apart places are that see the same taps of the filter. */
  readonly steps: readonly [number, number];
  /** How many taps of the filter a place sees at most. */
  readonly taps: readonly [number, number];
  /** How many places of each image a batch has. */
  readonly places: readonly [number, number];
  readonly #kernel: Conv2dKernel;
  readonly #batches = new WeakMap<Shader, ImageBatch>();
  readonly #places = new WeakMap<Shader, Map<string, ImagePlace>>();

  constructor(kernel: Conv2dKernel) {
    const { pass, images, output, window, shape } = kernel;
    const forward = pass === 'forward';
    this.#kernel = kernel;
    this.source = forward ? images : output;
    this.steps = forward ? [1, 1] : window.stride;
    this.taps = forward ? window.kernel : [mostTaps(window, 0), mostTaps(window, 1)];
    this.places = [Math.ceil(shape[2] / this.steps[0]), Math.ceil(shape[3] / this.steps[1])];
  }

  /** What batch number `number` computes; of the one batch that the invocations of a shader see. */
  batch(shader: Shader, number: string): ImageBatch {
    let batch = this.#batches.get(shader);
    if (batch === undefined) {
      const { pass, images, output, window } = this.#kernel;
      const { body } = shader;
      const [group, ...residues] = splitPosition(body, number, [window.groups, ...this.steps]);
      const [down, across] = ([0, 1] as const).map((axis) => {
        const [extent, places] = [images[2 + axis]!, output[2 + axis]!];
        return pass === 'forward'
          ? placesView(window, axis, extent, places)
          : elementsView(window, axis, body, residues[axis]!);
      });
      batch = { group: group!, down: down!, across: across! };
      this.#batches.set(shader, batch);
    }
    return batch;
  }

  /** Where a column of the product is. */
  place(shader: Shader, column: string): ImagePlace {
    const places = this.#places.get(shader) ?? new Map<string, ImagePlace>();
    this.#places.set(shader, places);
    let place = places.get(column);
    if (place === undefined) {
      const extents = [this.source[0], ...this.places];
      const [image, y, x] = splitPosition(shader.body, column, extents) as [string, string, string];
      place = { image, y, x };
      places.set(column, place);
    }
    return place;
  }
}
