import {
  randomIntegers,
  randomKey,
  randomStream,
  uniform,
  type RandomStream,
} from '@gradus/random';
import { isFloating, sizeOf, tensor, type DataType, type Shape, type Tensor } from '@gradus/core';

/** What random elements are drawn from; integers are rounded down. */
export interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Reproducible test data: the same seed gives the same tensors, each draw is another one. */
export class Inputs {
  readonly #keys: RandomStream;

  constructor(seed: number) {
    this.#keys = randomStream(randomKey(seed));
  }

  /** Uniform numbers in [minimum, maximum), [−2, 2) when left out; unsigned types begin at 0. */
  tensor(shape: Shape, dtype: DataType = 'float32', range: Range = {}): Tensor {
    const values = this.numbers(sizeOf(shape), dtype, range);
    return tensor(values, { shape, dtype });
  }

  /** The elements of such a tensor. */
  numbers(count: number, dtype: DataType, range: Range = {}): number[] {
    const { minimum = isUnsigned(dtype) ? 0 : -2, maximum = 2 } = range;
    const high = uniform(this.#keys.next(), count);
    // 48 random bits, so that float64 is not merely widened float32.
    const low = uniform(this.#keys.next(), count);
    return Array.from(high, (unit, position) => {
      const fraction = unit + low[position]! * 2 ** -24;
      const value = minimum + (maximum - minimum) * fraction;
      return isFloating(dtype) ? value : Math.floor(value);
    });
  }

  /** One integer in [minimum, maximum). */
  integer(minimum: number, maximum: number): number {
    return randomIntegers(this.#keys.next(), 1, minimum, maximum)[0]!;
  }

  /** One of `choices`. */
  pick<Choice>(choices: readonly Choice[]): Choice {
    return choices[this.integer(0, choices.length)]!;
  }

  /** 0 … count − 1 in random order. */
  permutation(count: number): number[] {
    const order: number[] = [];
    for (let value = 0; value < count; value++) order.splice(this.integer(0, value + 1), 0, value);
    return order;
  }
}

function isUnsigned(dtype: DataType): boolean {
  return dtype === 'uint32' || dtype === 'uint8' || dtype === 'bool';
}
