import type { KernelTime, Plan } from '@gradus/core/backend';
import { timesLayout } from '../codegen/stopwatch.js';
import type { DeviceMemory } from './memory.js';

/** The place where thread 0 adds up how long a plan's kernels take. */
export class PlanTimes {
  readonly address: number;
  readonly #plan: Plan;
  readonly #memory: DeviceMemory;

  /** Reserves the place. Throws an `OutOfMemoryError` when there is none. */
  constructor(plan: Plan, memory: DeviceMemory) {
    this.#plan = plan;
    this.#memory = memory;
    this.address = memory.reserve(timesLayout.byteLength(plan), "a plan's times");
    this.#view().fill(0);
  }

  /** The sums so far. */
  read(): readonly KernelTime[] {
    const times = this.#view();
    const at = (place: number): number => times[place / 8]!;
    return this.#plan.kernels.map((_, kernel) => {
      const waitMilliseconds = at(timesLayout.waiting(kernel));
      const milliseconds = at(timesLayout.computing(kernel)) + waitMilliseconds;
      return { calls: at(timesLayout.runs), milliseconds, waitMilliseconds };
    });
  }

  /** Gives the place back. */
  release(): void {
    this.#memory.release(this.address, timesLayout.byteLength(this.#plan));
  }

  #view(): Float64Array {
    const { buffer } = this.#memory.memory;
    return new Float64Array(buffer, this.address, timesLayout.byteLength(this.#plan) / 8);
  }
}
