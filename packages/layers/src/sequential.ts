import {
  ArgumentError,
  containerChildren,
  type ForwardContext,
  type Layer,
  type Tensor,
} from '@gradus/core';
import { shown } from '@gradus/core/arguments';
import { Activation, type ActivationFunction } from './activation.js';
import { describe } from './describe.js';

/** Layers one after another. Parameters are named by position, as in PyTorch: `0.weight`. */
export class Sequential implements Layer {
  /** The layers in order; functions have become {@link Activation} layers. */
  readonly layers: readonly Layer[];

  /**
   * A chain of layers and functions, each applied to the result of the one before.
   *
   * @throws ArgumentError when an element is neither.
   */
  constructor(layers: readonly (Layer | ActivationFunction)[]) {
    if (!Array.isArray(layers)) {
      throw new ArgumentError(`Sequential: expected an array of layers, got ${shown(layers)}.`);
    }
    this.layers = layers.map((layer: Layer | ActivationFunction, position) =>
      asLayer(layer, `Sequential: layer ${position}`),
    );
  }

  /** Parameters are found under the positions of the layers. */
  get [containerChildren](): readonly Layer[] {
    return this.layers;
  }

  /** Passes `input` through the layers; each of them gets `context`. */
  forward(input: Tensor, context?: ForwardContext): Tensor {
    return this.layers.reduce((output, layer) => layer.forward(output, context), input);
  }

  /** One line a layer, with its position. */
  toString(): string {
    if (this.layers.length === 0) return 'Sequential()';
    const lines = this.layers.map((layer, position) => `${position}: ${describe(layer)}`);
    return `Sequential(\n${lines.join('\n').replace(/^/gm, '  ')}\n)`;
  }
}

/**
 * What was given where a layer is asked for; a function becomes an {@link Activation}.
 *
 * @param what For messages, as `Sequential: layer 2`.
 */
export function asLayer(layer: Layer | ActivationFunction, what: string): Layer {
  if (typeof layer === 'function') return new Activation(layer);
  const given = layer as { forward?: unknown } | null | undefined;
  if (typeof given?.forward === 'function') return layer;
  throw new ArgumentError(
    `${what} is neither an object with a forward method nor a function, got ${shown(given)}.`,
  );
}
