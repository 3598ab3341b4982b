import type { LinearMemory, MemoryLimits } from './linear-memory.js';
import type { WorkerPool } from './worker-pool.js';

/** Memory that one worker has for itself: bytes come and go as messages. */
export class WorkerMemory implements LinearMemory {
  readonly limits: MemoryLimits;
  readonly #pool: WorkerPool;

  /** The memory of the one worker of a pool. */
  constructor(limits: MemoryLimits, pool: WorkerPool) {
    this.limits = limits;
    this.#pool = pool;
  }

  /** Does nothing: the worker adds pages when something is to be where they are missing. */
  grow(): void {
    return;
  }

  /** Sends a copy of `bytes`, behind all messages so far. */
  write(address: number, bytes: Uint8Array): void {
    const copy = bytes.slice();
    this.#pool.tell({ kind: 'write', address, bytes: copy }, [copy.buffer]);
  }

  /** A copy of `byteLength` bytes. */
  read(address: number, byteLength: number): Promise<Uint8Array> {
    return this.#pool.ask({ kind: 'read', address, byteLength });
  }
}
