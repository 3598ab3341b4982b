import { nextTurn, turnIsOver } from './turns.js';

/** Something to run on a device: at once, or as a generator that yields the promises it waits for. */
export type Job = () => Generator<Promise<unknown>, void, unknown> | undefined;

interface Entry {
  readonly job: Job;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The runs of one device, one after another in the order they were asked for, also behind a
 * compilation. Between runs the event loop turns every few milliseconds.
 */
export class RunQueue {
  #waiting: Entry[] = [];
  #pumping = false;
  #failure: Error | undefined;
  /** Ends the wait in progress when the queue fails, so that no run is waited for in vain. */
  #interrupt: ((reason: Error) => void) | undefined;

  /** Why everything is rejected, once the queue has failed. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Settles when `job`, behind everything pushed before it, has run. */
  push(job: Job): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const settled = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
    });
    if (!this.#pumping) void this.#pump();
    return settled;
  }

  /** Runs what waits before returning; possible when no job of this queue ever waits for anything. */
  drain(): void {
    for (let entry = this.#waiting.shift(); entry !== undefined; entry = this.#waiting.shift()) {
      try {
        if (entry.job()?.next().done === false) {
          throw new TypeError('A job of a synchronous device waited for something.');
        }
        entry.resolve();
      } catch (error) {
        entry.reject(error);
      }
    }
  }

  /** Rejects everything that waits and everything pushed from now on. */
  fail(reason: Error): void {
    this.#failure = reason;
    this.#interrupt?.(reason);
    for (const entry of this.#waiting.splice(0)) entry.reject(reason);
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      if (turnIsOver()) await nextTurn();
      // A synchronous drain may have emptied the queue meanwhile.
      const entry = this.#waiting.shift();
      if (entry !== undefined) await this.#run(entry);
    }
    this.#pumping = false;
  }

  async #run({ job, resolve, reject }: Entry): Promise<void> {
    try {
      const steps = job();
      if (steps !== undefined) await this.#follow(steps);
      resolve();
    } catch (error) {
      reject(this.#failure ?? error);
    }
  }

  /** Waits for what a job waits for, until the queue fails. */
  async #follow(steps: Generator<Promise<unknown>, void, unknown>): Promise<void> {
    let step = steps.next();
    while (step.done !== true) {
      try {
        await this.#interruptible(step.value);
      } catch (error) {
        step = steps.throw(error);
        continue;
      }
      step = steps.next();
    }
  }

  /** `promise` or the queue's failure. Not a race: those leave a reaction behind for every run. */
  async #interruptible(promise: Promise<unknown>): Promise<void> {
    try {
      await new Promise((resolve, reject) => {
        this.#interrupt = reject;
        promise.then(resolve, reject);
      });
    } finally {
      this.#interrupt = undefined;
    }
  }
}
