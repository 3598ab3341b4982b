import type { KernelTime, Plan } from '@gradus/core/backend';
import { timesLayout } from '../codegen/stopwatch.js';
import type { DeviceMemory, Place } from './memory.js';

/** The place where thread 0 adds up how long a plan's kernels take. */
export class PlanTimes {
  readonly #plan: Plan;
  readonly #memory: DeviceMemory;
  readonly #place: Place;
  #times: Float64Array;

  /** Reserves the place. Throws an `OutOfMemoryError` when there is none. */
  constructor(plan: Plan, memory: DeviceMemory) {
    this.#plan = plan;
    this.#memory = memory;
    const byteLength = timesLayout.byteLength(plan);
    this.#place = memory.reserve(byteLength, "a plan's times");
    this.#times = new Float64Array(byteLength / 8);
  }

  /** Where it is, in the plan's code too. Throws an `OutOfMemoryError` if it is gone. */
  get place(): Place {
    this.#memory.assertHeld(this.#place, 'profile');
    return this.#place;
  }

  /** Begins at 0. */
  reset(): void {
    this.#memory.linear.write(this.#place.address, new Uint8Array(this.#place.byteLength));
  }

  /** Looks how long the kernels have taken, after a run. */
  update(): void | Promise<void> {
    const bytes = this.#memory.linear.read(this.#place.address, this.#place.byteLength);
    const keep = ({ buffer }: Uint8Array): void => {
      this.#times = new Float64Array(buffer);
    };
    return bytes instanceof Promise ? bytes.then(keep) : keep(bytes);
  }

  /** The sums when `update` looked. */
  read(): readonly KernelTime[] {
    const at = (place: number): number => this.#times[place / 8]!;
    return this.#plan.kernels.map((_, kernel) => {
      const waitMilliseconds = at(timesLayout.waiting(kernel));
      const milliseconds = at(timesLayout.computing(kernel)) + waitMilliseconds;
      return { calls: at(timesLayout.runs), milliseconds, waitMilliseconds };
    });
  }

  /** Gives the place back. */
  release(): void {
    this.#memory.release(this.#place);
  }
}
