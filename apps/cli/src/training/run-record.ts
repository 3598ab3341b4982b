import type { RunDescription, TestResult, TrainingEvent } from './protocol.js';

/** Over how many of the last steps loss, accuracy and speed are averaged. */
export const windowSteps = 100;

/** Everything that is known of a run so far, gathered from its events. */
export class RunRecord {
  /** Once data, device and network are there. */
  description: RunDescription | undefined;
  /** Once the test set has been gone through. */
  test: TestResult | undefined;
  weightsSha256: string | undefined;
  readonly #losses: number[] = [];
  readonly #accuracies: number[] = [];
  readonly #milliseconds: number[] = [];

  /** Takes an event in. */
  add(event: TrainingEvent): void {
    if (event.type === 'started') this.description = event.run;
    if (event.type === 'steps') {
      this.#losses.push(...event.losses);
      this.#accuracies.push(...event.accuracies);
      this.#milliseconds.push(...event.milliseconds);
    }
    if (event.type === 'finished') {
      this.test = event.test;
      this.weightsSha256 = event.weightsSha256;
    }
  }

  /** Steps done. */
  get steps(): number {
    return this.#losses.length;
  }

  /** From the beginning of the first step to the end of the last, compilation included. */
  get seconds(): number {
    return sum(this.#milliseconds) / 1000;
  }

  /** The median time of a step, undefined before the first. */
  get medianStepMs(): number | undefined {
    if (this.steps === 0) return undefined;
    const sorted = this.#milliseconds.toSorted((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1]! + sorted[middle]!) / 2;
  }

  /** Mean training loss of the steps from `start` up to, not including, `end`. */
  loss(start = this.steps - windowSteps, end = this.steps): number | undefined {
    return mean(this.#losses.slice(Math.max(start, 0), end));
  }

  /** Mean training accuracy, in [0, 1], of such steps. */
  accuracy(start = this.steps - windowSteps, end = this.steps): number | undefined {
    return mean(this.#accuracies.slice(Math.max(start, 0), end));
  }

  /** Training examples per second of late. The first step says little: it is compiled as it runs. */
  get examplesPerSecond(): number | undefined {
    const stepMilliseconds = this.#recentStepMilliseconds();
    if (stepMilliseconds === undefined || this.description === undefined) return undefined;
    return (1000 * this.description.batchSize) / stepMilliseconds;
  }

  /** The time that the remaining steps will take. */
  get secondsLeft(): number | undefined {
    const stepMilliseconds = this.#recentStepMilliseconds();
    if (stepMilliseconds === undefined || this.description === undefined) return undefined;
    return ((this.description.steps - this.steps) * stepMilliseconds) / 1000;
  }

  #recentStepMilliseconds(): number | undefined {
    return mean(this.#milliseconds.slice(Math.max(1, this.steps - windowSteps)));
  }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
