import { zeros, type Tensor } from '@gradus/core';
import { MetricState } from './state.js';

/** How many of all were right, in int32: exact to 2³¹ − 1, where float32 would stop at 2²⁴. */
export class Share {
  readonly #state: MetricState<'right' | 'all'>;

  /** Of nothing yet. */
  constructor(metric: string) {
    this.#state = new MetricState(metric, { right: zeros([], 'int32'), all: zeros([], 'int32') });
  }

  /** Counts a batch of bools, which come from `logits`. */
  add(isRight: Tensor, logits: Tensor): void {
    const right = this.#state.get('right').add(isRight.cast('int32').sum());
    const all = this.#state.get('all').add(isRight.size);
    this.#state.assign({ right, all }, logits);
  }

  /** The share that were right; NaN of nothing. */
  result(): Promise<number> {
    return this.#state.read().then(({ right, all }) => right[0]! / all[0]!);
  }

  /** Forgets all. */
  reset(): void {
    this.#state.reset();
  }
}
