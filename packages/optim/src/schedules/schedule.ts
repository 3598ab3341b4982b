import {
  ArgumentError,
  asTensor,
  formatShape,
  ShapeError,
  tensor,
  untraced,
  Variable,
  type Tensor,
} from '@gradus/core';
import { checkNonNegative } from '@gradus/core/arguments';

/**
 * A learning rate that changes as training goes on: a scalar computed from the number of steps
 * taken before, a float32 scalar that is 0 in the first. It builds graph nodes, so that a compiled
 * step follows it.
 */
export type Schedule = (step: Tensor) => Tensor;

/** A number, or a function of the number of steps taken. */
export type LearningRate = number | Schedule;

/** `value` as a schedule. */
export function scheduleOf(owner: string, name: string, value: LearningRate): Schedule {
  if (typeof value === 'function') return value;
  checkNonNegative(owner, name, value);
  return () => tensor(value);
}

/** Where an optimiser has its learning rate from. */
export class LearningRateSource {
  readonly #optimizer: string;
  #current: LearningRate;
  #variable: Variable | undefined;

  constructor(optimizer: string, learningRate: LearningRate) {
    this.#optimizer = optimizer;
    if (typeof learningRate !== 'function') checkRate(optimizer, learningRate);
    this.#current = learningRate;
  }

  /** The number or schedule in use. */
  get current(): LearningRate {
    return this.#current;
  }

  /** Replaces a number by a number. */
  set current(value: LearningRate) {
    if (typeof this.#current === 'function' || typeof value === 'function') {
      throw new ArgumentError(
        `${this.#optimizer}: a schedule can be neither set nor replaced, because compiled steps ` +
          `have it in them; make another optimiser.`,
      );
    }
    checkRate(this.#optimizer, value);
    this.#current = value;
    this.#variable?.assign(value);
  }

  /** The rate of the step that `step` others came before, a float32 scalar. */
  at(step: Tensor): Tensor {
    if (typeof this.#current === 'number') return this.#numberVariable(this.#current).value;
    const rate = asTensor(this.#current(step));
    if (rate.rank !== 0) {
      throw new ShapeError(
        `${this.#optimizer}: a schedule must return a scalar, got ${formatShape(rate.shape)}.`,
      );
    }
    return rate;
  }

  #numberVariable(value: number): Variable {
    const name = `${this.#optimizer}.learningRate`;
    return (this.#variable ??= untraced(() => new Variable(value, { name, trainable: false })));
  }
}

function checkRate(optimizer: string, value: unknown): void {
  checkNonNegative(optimizer, 'learningRate', value);
}
