import {
  formatShape,
  sameShape,
  ShapeError,
  type ForwardContext,
  type Layer,
  type Tensor,
} from '@gradus/core';
import { checkOptionNames } from '@gradus/core/arguments';
import type { ActivationFunction } from './activation.js';
import { describe } from './describe.js';
import { asLayer, Sequential } from './sequential.js';

/** A layer, a function, or several of them one after another. */
export type ResidualBranch = Layer | ActivationFunction | readonly (Layer | ActivationFunction)[];

/** How a {@link Residual} layer differs from x + f(x). */
export interface ResidualOptions {
  /** What x passes through on its way to the sum, where f changes the shape; nothing if not given. */
  readonly shortcut?: ResidualBranch | undefined;
}

/**
 * The sum of the input and of what layers make of it, x + f(x): they only have to learn a
 * difference, and gradients pass around them. He, Zhang, Ren and Sun, "Deep residual learning for
 * image recognition", 2016.
 */
export class Residual implements Layer {
  /** f; a `Sequential` if several layers were given. */
  readonly branch: Layer;
  /** What the input passes through, if anything. */
  readonly shortcut: Layer | undefined;

  /**
   * A layer that adds what `branch` makes of the input to the input.
   *
   * @throws ArgumentError when an element of `branch` or of the shortcut is neither a layer nor a
   *   function, and for unknown options.
   */
  constructor(branch: ResidualBranch, options: ResidualOptions = {}) {
    checkOptionNames('Residual', options, ['shortcut']);
    const { shortcut } = options;
    this.branch = asBranch('branch', branch);
    this.shortcut = shortcut === undefined ? undefined : asBranch('shortcut', shortcut);
  }

  /**
   * Adds; the branch and the shortcut get `context`, in this order.
   *
   * @throws ShapeError when the two sides of the sum do not have the same shape.
   */
  forward(input: Tensor, context?: ForwardContext): Tensor {
    const change = this.branch.forward(input, context);
    const kept = this.shortcut === undefined ? input : this.shortcut.forward(input, context);
    if (!sameShape(change.shape, kept.shape)) {
      const shapes = [input, change, kept].map(({ shape }) => formatShape(shape));
      throw new ShapeError(
        this.shortcut === undefined
          ? `Residual: the branch makes ${shapes[1]!} of ${shapes[0]!}, which cannot be added to it; ` +
              `give a layer that makes the same shape as the option shortcut.`
          : `Residual: of ${shapes[0]!} the branch makes ${shapes[1]!} and the shortcut ${shapes[2]!}; ` +
              `they are added and must have the same shape.`,
      );
    }
    return kept.add(change);
  }

  /** The branch and the shortcut, on lines of their own. */
  toString(): string {
    const parts = Object.entries({ branch: this.branch, shortcut: this.shortcut });
    const lines = parts.flatMap(([name, layer]) =>
      layer === undefined ? [] : [`${name}: ${describe(layer)}`],
    );
    return `Residual(\n${lines.join('\n').replace(/^/gm, '  ')}\n)`;
  }
}

function asBranch(name: string, branch: ResidualBranch): Layer {
  if (Array.isArray(branch)) return new Sequential(branch as (Layer | ActivationFunction)[]);
  return asLayer(branch as Layer | ActivationFunction, `Residual: ${name}`);
}
