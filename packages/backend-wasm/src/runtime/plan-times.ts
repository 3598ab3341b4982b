import type { KernelTime, Plan } from '@gradus/core/backend';
import { timesLayout } from '../codegen/stopwatch.js';
import type { DeviceMemory } from './memory.js';

/** The place where thread 0 adds up how long a plan's kernels take. */
export class PlanTimes {
  readonly address: number;
  readonly #plan: Plan;
  readonly #memory: DeviceMemory;
  readonly #byteLength: number;
  #times: Float64Array;

  /** Reserves the place. Throws an `OutOfMemoryError` when there is none. */
  constructor(plan: Plan, memory: DeviceMemory) {
    this.#plan = plan;
    this.#memory = memory;
    this.#byteLength = timesLayout.byteLength(plan);
    this.address = memory.reserve(this.#byteLength, "a plan's times");
    const zeros = new Uint8Array(this.#byteLength);
    memory.linear.write(this.address, zeros);
    this.#times = new Float64Array(zeros.buffer);
  }

  /** Behind the last byte of the place. */
  get end(): number {
    return this.address + this.#byteLength;
  }

  /** Looks how long the kernels have taken, after a run. */
  update(): void | Promise<void> {
    const bytes = this.#memory.linear.read(this.address, this.#byteLength);
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
    this.#memory.release(this.address, this.#byteLength);
  }
}
