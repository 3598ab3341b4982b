import { tensor, where, type Tensor } from '@gradus/core';
import { checkNonNegative, checkOptionNames, checkPositiveInteger } from '@gradus/core/arguments';
import type { CosineOptions } from './cosine.js';
import { halfCosine } from './curves.js';
import type { Schedule } from './schedule.js';

/** A learning rate that falls as half a wave of a cosine, again and again. */
export interface CosineRestartsOptions extends CosineOptions {
  /** How many steps the first fall takes. */
  readonly steps: number;
  /** How many times as long each fall is as the one before, an integer; 1 if not given. */
  readonly growth?: number | undefined;
}

/**
 * `cosine` that begins anew where it has arrived, each time `growth` times as slowly. Loshchilov and
 * Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017; PyTorch's
 * `CosineAnnealingWarmRestarts`.
 *
 * @throws ArgumentError for unknown options, for rates that are negative or not finite, and when
 *   `steps` or `growth` is not a positive integer.
 */
export function cosineRestarts(options: CosineRestartsOptions): Schedule {
  checkOptionNames('cosineRestarts', options, ['initial', 'minimum', 'steps', 'growth']);
  const { initial, minimum = 0, steps, growth = 1 } = options;
  checkNonNegative('cosineRestarts', 'initial', initial);
  checkNonNegative('cosineRestarts', 'minimum', minimum);
  checkPositiveInteger('cosineRestarts', 'steps', steps);
  checkPositiveInteger('cosineRestarts', 'growth', growth);
  const passed = growth === 1 ? equalFalls(steps) : growingFalls(steps, growth);
  return (step) => halfCosine(initial, minimum, passed(step));
}

/** How much of its fall has passed, for falls of one length. */
function equalFalls(steps: number): (step: Tensor) => Tensor {
  return (step) => step.mod(steps).div(steps);
}

/**
 * The same for falls that grow. Their beginnings are compared one by one, a few dozen at most up to
 * 2³¹: found by a logarithm, the fall would be the wrong one at steps where float32 rounds.
 */
function growingFalls(steps: number, growth: number): (step: Tensor) => Tensor {
  const later: { readonly begin: number; readonly length: number }[] = [];
  for (let begin = steps, length = steps * growth; begin < 2 ** 31;) {
    later.push({ begin, length });
    begin += length;
    length *= growth;
  }
  return (step) => {
    let [current, extent] = [tensor(0), tensor(steps)];
    for (const { begin, length } of later) {
      const begun = step.greaterEqual(begin);
      current = where(begun, begin, current);
      extent = where(begun, length, extent);
    }
    return step.sub(current).div(extent);
  };
}
