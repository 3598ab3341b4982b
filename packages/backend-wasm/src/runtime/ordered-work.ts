/** Does one thing after another: at once where nothing is under way, else when that has settled. */
export class OrderedWork {
  #unfinished = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** Whether `do` would do it at once. */
  get idle(): boolean {
    return this.#unfinished === 0;
  }

  /** Does `work` behind everything asked for before, whether that succeeds or not. */
  do<Result>(work: () => Result | Promise<Result>): Result | Promise<Result> {
    const result = this.idle ? work() : this.#last.then(work);
    if (!(result instanceof Promise)) return result;
    this.#unfinished++;
    const settle = (): void => {
      this.#unfinished--;
    };
    this.#last = result.then(settle, settle);
    return result;
  }
}
