import type { Target } from '../codegen/environment.js';
import { engineModule, threadByteLength } from '../engine.js';
import type { DeviceMemory } from './memory.js';
import type { TableRange } from './thread-instances.js';

/**
 * Whether the WebAssembly engine multiplies and adds in one instruction: a module of one function
 * with `f32x4.relaxed_madd`, which engines without relaxed SIMD refuse.
 */
function hasFusedMultiplyAdd(): boolean {
  const probe = [
    ...[0, 97, 115, 109, 1, 0, 0, 0], // header
    ...[1, 5, 1, 96, 0, 1, 123], // type: () → v128
    ...[3, 2, 1, 0], // function 0 has it
    ...[10, 19, 1, 17, 0, 65, 0, 253, 17, 65, 0, 253, 17, 65, 0, 253, 17, 253, 133, 2, 11],
  ];
  return WebAssembly.validate(new Uint8Array(probe));
}

/** What all plans of a device share: the engine module, places in tables, the threads' memory. */
export class Engine {
  readonly fusedMultiplyAdd = hasFusedMultiplyAdd();
  readonly #memory: DeviceMemory;
  readonly #threads: number;
  readonly #threadByteLength: number;
  /** Where places for so many epilogues have become free. */
  readonly #free = new Map<number, number[]>();
  #tableLength = 0;
  #threadMemory: number | undefined;

  /** An engine on a memory that so many threads work on. */
  constructor(memory: DeviceMemory, threads: number) {
    this.#memory = memory;
    this.#threads = threads;
    this.#threadByteLength = threadByteLength(this.fusedMultiplyAdd);
  }

  /** The engine module in binary. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return engineModule(this.#memory.limits, this);
  }

  /** Where the threads' own memory is. Throws an `OutOfMemoryError` when there is none. */
  get threadMemory(): number {
    const byteLength = this.#threads * this.#threadByteLength;
    return (this.#threadMemory ??= this.#memory.reserve(byteLength, 'the kernels'));
  }

  /** What plans with places from `offset` on are compiled for. */
  target({ offset }: TableRange): Target {
    const { limits } = this.#memory;
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
