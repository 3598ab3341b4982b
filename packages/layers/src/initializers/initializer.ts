import type { Shape, TypedArray } from '@gradus/core';
import type { HostKey } from '@gradus/random';

/** What an initialiser may draw on besides the shape. */
export interface InitializerContext {
  /** For this parameter alone. */
  readonly key: HostKey;
  /** How many inputs each output of the layer sums over. */
  readonly fanIn: number;
  /** How many outputs each input of the layer reaches. */
  readonly fanOut: number;
}

/** Makes the initial values of a parameter, in row-major order, on the host. */
export type Initializer = (
  shape: Shape,
  context: InitializerContext,
) => TypedArray | readonly number[];
