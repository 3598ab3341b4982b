import type { Limits } from '../assembler/index.js';

/** The unit in which memories grow. */
export const pageByteLength = 65536;

/** Nothing is put into the last bytes: kernels may read (and ignore) a few bytes behind a buffer. */
export const slack = 64;

/** Addresses are compared as signed numbers here and there. */
export const maximumByteLength = 2 ** 31 - pageByteLength;

/** How long a memory is, and how long it may become, in pages. */
export type MemoryLimits = Required<Limits>;

/** The bytes of a device's memory. What is where in them, `DeviceMemory` knows. */
export interface LinearMemory {
  readonly limits: MemoryLimits;
  /** Adds pages at the end. Throws where the engine has no more. */
  grow(pages: number): void;
  /** Copies `bytes` before it returns. */
  write(address: number, bytes: Uint8Array): void;
  /** A copy of `byteLength` bytes. */
  read(address: number, byteLength: number): Uint8Array | Promise<Uint8Array>;
}

/**
 * From one page up to `ceiling` bytes.
 *
 * @param shared Whether several threads work on it.
 */
export function limitsOf(ceiling: number, shared: boolean): MemoryLimits {
  const maximum = Math.ceil(Math.min(ceiling, maximumByteLength) / pageByteLength);
  return { initial: 1, maximum, shared };
}

/** Memory that this thread reaches: its own, or one that several share. */
export class ReachableMemory implements LinearMemory {
  readonly limits: MemoryLimits;
  readonly memory: WebAssembly.Memory;

  /** A memory within these limits. */
  constructor(limits: MemoryLimits) {
    this.limits = limits;
    this.memory = new WebAssembly.Memory(limits);
  }

  /** Adds pages at the end. Throws where the engine has no more. */
  grow(pages: number): void {
    this.memory.grow(pages);
  }

  /** Copies `bytes` before it returns. */
  write(address: number, bytes: Uint8Array): void {
    new Uint8Array(this.memory.buffer).set(bytes, address);
  }

  /** A copy of `byteLength` bytes. */
  read(address: number, byteLength: number): Uint8Array {
    return new Uint8Array(this.memory.buffer).slice(address, address + byteLength);
  }
}
