import type { HostKey } from '@gradus/random';
import { uniform } from '@gradus/random';

const blockLength = 128;

/**
 * Random numbers of one digit, one after another. They are made by exact arithmetic alone, so that
 * they are the same in every engine: a logarithm or a sine need not be.
 */
export class Draws {
  readonly #key: HostKey;
  #block: Float32Array = new Float32Array(0);
  #blockCount = 0;
  #index = 0;

  /** The numbers that a key determines. */
  constructor(key: HostKey) {
    this.#key = key;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    if (this.#index === this.#block.length) {
      this.#block = uniform(this.#key.fold(this.#blockCount++), blockLength);
      this.#index = 0;
    }
    return this.#block[this.#index++]!;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.unit();
  }

  /** Bell-shaped about 0 in (−extent, extent), with a third of that for standard deviation. */
  about(extent: number): number {
    return extent * ((2 / 3) * (this.unit() + this.unit() + this.unit()) - 1);
  }

  /** One of the items, each as likely as the others. */
  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.unit() * items.length)]!;
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.unit() < probability;
  }
}
