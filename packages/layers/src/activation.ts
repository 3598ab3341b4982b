import type { Layer, Tensor } from '@gradus/core';
import { checkFunction } from './validate.js';

/** A function of one tensor, usually elementwise: `relu`, `sigmoid`, `tanh` of `@gradus/core`. */
export type ActivationFunction = (input: Tensor) => Tensor;

/** A function as a layer, where something asks for a layer: `new Activation(relu)`. */
export class Activation implements Layer {
  /** What it applies. */
  readonly activation: ActivationFunction;

  /**
   * The layer that applies `activation`.
   *
   * @throws ArgumentError when it is not a function.
   */
  constructor(activation: ActivationFunction) {
    checkFunction('Activation', 'its argument', activation, 'relu of @gradus/core');
    this.activation = activation;
  }

  /** Applies the function; the shape is up to it. */
  forward(input: Tensor): Tensor {
    return this.activation(input);
  }

  /** As in `Activation(relu)`. */
  toString(): string {
    return `Activation(${nameOf(this.activation)})`;
  }
}

/** What a function is called. */
export function nameOf(activation: ActivationFunction): string {
  return activation.name || 'anonymous';
}
