import { pageByteLength, slack, type MemoryLimits } from './linear-memory.js';

/** A memory that becomes longer when something is to be where it ends. */
export class GrowingMemory {
  readonly memory: WebAssembly.Memory;
  /** Where the engine once refused to let it end. It stays so, that a lost write is never read. */
  #refused = Infinity;

  /** A memory within these limits. */
  constructor(limits: MemoryLimits) {
    this.memory = new WebAssembly.Memory(limits);
  }

  /** How long it is. */
  get byteLength(): number {
    return this.memory.buffer.byteLength;
  }

  /** Whether there are, if need be from now on, bytes up to `end`. */
  reaches(end: number): boolean {
    if (end >= this.#refused) return false;
    const missing = end + slack - this.byteLength;
    try {
      if (missing > 0) this.memory.grow(Math.ceil(missing / pageByteLength));
      return true;
    } catch {
      this.#refused = end;
      return false;
    }
  }

  /** Copies bytes, unless the engine refuses the memory: then it will to whatever needs them too. */
  write(address: number, bytes: Uint8Array): void {
    if (this.reaches(address + bytes.byteLength)) this.#bytes.set(bytes, address);
  }

  /** A copy of what is there; undefined where the engine refuses the memory. */
  read(address: number, byteLength: number): Uint8Array<ArrayBuffer> | undefined {
    const end = address + byteLength;
    return this.reaches(end) ? new Uint8Array(this.#bytes.slice(address, end)) : undefined;
  }

  get #bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }
}
