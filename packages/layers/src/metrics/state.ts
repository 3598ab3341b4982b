import { isTracing, realize, untraced, Variable, type Tensor, type TypedArray } from '@gradus/core';

/** What a metric has collected: variables by name, which move as the metric is updated. */
export class MetricState<Name extends string> {
  readonly #initial: Readonly<Record<Name, Tensor>>;
  readonly #variables: Readonly<Record<Name, Variable>>;

  /** Begins with `initial`, to which `reset` returns. */
  constructor(metric: string, initial: Readonly<Record<Name, Tensor>>) {
    this.#initial = initial;
    const make = ([name, value]: [string, Tensor]): [string, Variable] => {
      return [name, new Variable(value, { name: `${metric}.${name}`, trainable: false })];
    };
    // The metric keeps them, even if it is made while a function is traced.
    const made = untraced(() => Object.entries<Tensor>(initial).map(make));
    this.#variables = Object.fromEntries(made) as Record<Name, Variable>;
  }

  /** A value, for what is assigned next. */
  get(name: Name): Tensor {
    return this.#variables[name].value;
  }

  /**
   * Gives values new ones, computed at once outside of compiled functions: otherwise every batch
   * would be kept until somebody asks. So is what they are `given`, which others may use as well.
   */
  assign(values: Readonly<Record<Name, Tensor>>, ...given: readonly Tensor[]): void {
    for (const name of this.#names) this.#variables[name].assign(values[name]);
    if (isTracing()) return;
    const variables = this.#names.map((name) => this.#variables[name]);
    // Whoever reads the result meets the error.
    realize(...variables, ...given).catch(() => undefined);
  }

  /** All values as they are now, whatever is assigned before they arrive. */
  read(): Promise<Record<Name, TypedArray>> {
    const reads = this.#names.map((name) => this.#variables[name].data());
    return Promise.all(reads).then((values) => {
      return Object.fromEntries(this.#names.map((name, place) => [name, values[place]!])) as Record<
        Name,
        TypedArray
      >;
    });
  }

  /** Gives all values those of the beginning. */
  reset(): void {
    this.assign(this.#initial);
  }

  get #names(): Name[] {
    return Object.keys(this.#variables) as Name[];
  }
}
