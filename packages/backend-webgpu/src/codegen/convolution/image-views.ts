import type { Conv2dKernel, ImageShape } from '@gradus/core/backend';
import { coordinatesOf } from '../coordinates.js';
import type { Shader } from '../shader.js';
import { elementsView, mostTaps, placesView, type AxisView } from '../windows/axis-view.js';

/** What one batch of a product computes: the channels of a group, at part of the places. */
export interface ImageBatch {
  readonly group: string;
  readonly down: AxisView;
  readonly across: AxisView;
}

/** How the result of a `forward` or `inputGradient` sees its source, in the words of a shader. */
export class ImageViews {
  readonly source: ImageShape;
  /** How far apart places are that see the same taps of the filter. */
  readonly steps: readonly [number, number];
  /** How many taps of the filter a place sees at most. */
  readonly taps: readonly [number, number];
  /** How many images there are, and how many places of each a batch has. */
  readonly places: readonly [number, number, number];
  readonly #kernel: Conv2dKernel;
  readonly #batches = new WeakMap<Shader, ImageBatch>();

  constructor(kernel: Conv2dKernel) {
    const { pass, images, output, window, shape } = kernel;
    const forward = pass === 'forward';
    this.#kernel = kernel;
    this.source = forward ? images : output;
    this.steps = forward ? [1, 1] : window.stride;
    this.taps = forward ? window.kernel : [mostTaps(window, 0), mostTaps(window, 1)];
    const [down, across] = this.steps;
    this.places = [shape[0], Math.ceil(shape[2] / down), Math.ceil(shape[3] / across)];
  }

  /** What batch `number` computes: the only one of which each invocation of a shader computes part. */
  batch(shader: Shader, number: string): ImageBatch {
    let batch = this.#batches.get(shader);
    if (batch === undefined) {
      const { pass, images, output, window } = this.#kernel;
      const { body } = shader;
      const [group, ...residues] = coordinatesOf(body, [window.groups, ...this.steps], number);
      const [down, across] = ([0, 1] as const).map((axis) =>
        pass === 'forward'
          ? placesView(window, axis, images[2 + axis]!, output[2 + axis]!)
          : elementsView(window, axis, body, residues[axis]!.code),
      );
      batch = { group: group!.code, down: down!, across: across! };
      this.#batches.set(shader, batch);
    }
    return batch;
  }
}
