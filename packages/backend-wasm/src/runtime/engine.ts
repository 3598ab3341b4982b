import type { Pieces } from '@gradus/core/backend';
import type { Target } from '../codegen/environment.js';
import { engineModule, threadByteLength } from '../engine.js';
import { hasFusedMultiplyAdd } from '../relaxed-simd.js';
import { warmUpOf, type WarmUp } from '../warm-up.js';
import type { DeviceMemory, Place } from './memory.js';
import type { TableRange } from './thread-instances.js';

/** What all plans of a device share: the engine module, places in tables, the threads' memory. */
export class Engine {
  readonly fusedMultiplyAdd = hasFusedMultiplyAdd();
  /** Whether plans measure their kernels. */
  readonly profile: boolean;
  readonly #memory: DeviceMemory;
  readonly #threads: number;
  readonly #threadByteLength: number;
  /** Where places for so many epilogues have become free. */
  readonly #free = new Map<number, number[]>();
  #tableLength = 0;
  #threadMemory: Place | undefined;

  /** An engine on a memory that so many threads work on. */
  constructor(memory: DeviceMemory, threads: number, profile = false) {
    this.profile = profile;
    this.#memory = memory;
    this.#threads = threads;
    this.#threadByteLength = threadByteLength(this.fusedMultiplyAdd);
  }

  /** Writes the engine module, in binary. */
  write(): Pieces<Uint8Array<ArrayBuffer>> {
    return engineModule(this.#memory.linear.limits, this);
  }

  /** What to call of the engine module so that it is optimised. */
  get warmUp(): WarmUp | undefined {
    return warmUpOf(this.#memory.linear.limits, this);
  }

  /** Where the threads' own memory is. Throws an `OutOfMemoryError` when there is none. */
  get threadMemory(): Place {
    const byteLength = this.#threads * this.#threadByteLength;
    return (this.#threadMemory = this.#memory.keep(this.#threadMemory, byteLength, 'the kernels'));
  }

  /** What plans with places from `offset` on are compiled for. */
  target({ offset }: TableRange): Target {
    const { limits } = this.#memory.linear;
    return {
      memory: limits,
      threadByteLength: this.#threadByteLength,
      tableOffset: offset,
      fusedMultiplyAdd: this.fusedMultiplyAdd,
    };
  }

  /** Room for so many epilogues in the table of every thread, until `release`. */
  reserve(length: number): TableRange {
    const known = this.#free.get(length)?.pop();
    if (known !== undefined) return { offset: known, length };
    const offset = this.#tableLength;
    this.#tableLength += length;
    return { offset, length };
  }

  /** Gives the places of a plan back. */
  release({ offset, length }: TableRange): void {
    this.#free.set(length, [...(this.#free.get(length) ?? []), offset]);
  }
}
