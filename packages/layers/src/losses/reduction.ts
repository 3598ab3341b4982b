import { ArgumentError, type Tensor } from '@gradus/core';
import { shown } from '../validate.js';

/** What becomes of the losses of the examples: their mean, their sum, or all of them. */
export type Reduction = 'mean' | 'sum' | 'none';

/** The options that losses share. */
export interface LossOptions {
  /** `'mean'` if not given. */
  readonly reduction?: Reduction | undefined;
}

/** Combines losses as the options of `loss` say. */
export function reduceLoss(loss: string, values: Tensor, options: LossOptions): Tensor {
  const { reduction = 'mean' } = options;
  switch (reduction) {
    case 'mean':
      return values.mean();
    case 'sum':
      return values.sum();
    case 'none':
      return values;
    default:
      throw new ArgumentError(
        `${loss}: reduction must be 'mean', 'sum' or 'none', got ${shown(reduction)}.`,
      );
  }
}
