import type { KernelTime } from '@gradus/core/backend';
import type { Readback } from './readback.js';

// The numbers behind GPUBufferUsage, which Node does not define.
const copySource = 4;
const queryResolve = 512;

/** What one set of queries may hold: 4096 of them, two for each kernel. */
const kernelsPerSet = 2048;

/** Measures how long the kernels of a plan take, by time stamps around the pass of each. */
export class KernelTimer {
  readonly #sets: readonly GPUQuerySet[];
  readonly #results: GPUBuffer;
  readonly #times: { calls: number; milliseconds: number; waitMilliseconds: number }[];

  /** A timer of so many kernels on a device that has the feature `timestamp-query`. */
  constructor(device: GPUDevice, kernels: number) {
    this.#sets = Array.from({ length: Math.ceil(kernels / kernelsPerSet) }, (_, set) =>
      device.createQuerySet({
        type: 'timestamp',
        count: 2 * Math.min(kernelsPerSet, kernels - set * kernelsPerSet),
      }),
    );
    this.#results = device.createBuffer({
      size: Math.max(1, kernels) * 16,
      usage: queryResolve | copySource,
    });
    this.#times = Array.from({ length: kernels }, () => ({
      calls: 0,
      milliseconds: 0,
      waitMilliseconds: 0,
    }));
  }

  /** Of each kernel, over all runs collected so far. */
  get times(): readonly KernelTime[] {
    return this.#times.map((time) => ({ ...time }));
  }

  /** How the pass of a kernel begins. */
  pass(kernel: number): GPUComputePassDescriptor {
    const query = (kernel % kernelsPerSet) * 2;
    return {
      timestampWrites: {
        querySet: this.#sets[Math.floor(kernel / kernelsPerSet)]!,
        beginningOfPassWriteIndex: query,
        endOfPassWriteIndex: query + 1,
      },
    };
  }

  /** Ends the commands of a run. */
  resolve(encoder: GPUCommandEncoder): void {
    this.#sets.forEach((set, index) => {
      encoder.resolveQuerySet(set, 0, set.count, this.#results, index * kernelsPerSet * 16);
    });
  }

  /** Adds the times of the run that was submitted last. */
  async collect(readback: Readback): Promise<void> {
    const bytes = await readback.read(this.#results, this.#times.length * 16);
    const stamps = new BigUint64Array(bytes.buffer);
    this.#times.forEach((time, kernel) => {
      time.calls++;
      // A clock that was set back in between tells nothing.
      const nanoseconds = Number(stamps[2 * kernel + 1]! - stamps[2 * kernel]!);
      time.milliseconds += Math.max(0, nanoseconds) / 1e6;
    });
  }

  /** Lets go of the queries. */
  dispose(): void {
    for (const set of this.#sets) set.destroy();
    this.#results.destroy();
  }
}
