import { ArgumentError, type Tensor } from '@gradus/core';
import { checkOptionNames, shown } from '@gradus/core/arguments';

/** What becomes of the losses of the examples: their mean, their sum, or all of them. */
export type Reduction = 'mean' | 'sum' | 'none';

/** The options that losses share. */
export interface LossOptions {
  /** `'mean'` if not given: of no losses at all it is NaN. */
  readonly reduction?: Reduction | undefined;
}

/** Throws unless `options` are those of `loss`: `reduction`, and the names in `others`. */
export function checkLossOptions(
  loss: string,
  options: LossOptions,
  others: readonly string[] = [],
): void {
  checkOptionNames(loss, options, ['reduction', ...others]);
  const { reduction = 'mean' } = options;
  if (reductions.includes(reduction)) return;
  throw new ArgumentError(
    `${loss}: reduction must be 'mean', 'sum' or 'none', got ${shown(reduction)}.`,
  );
}

const reductions: readonly string[] = ['mean', 'sum', 'none'] satisfies Reduction[];

/** Combines losses as checked options say. */
export function reduceLoss(losses: Tensor, { reduction = 'mean' }: LossOptions): Tensor {
  return reduction === 'none' ? losses : losses[reduction]();
}
