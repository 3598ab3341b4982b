import {
  DeviceError,
  type Backend,
  type BufferHandle,
  type Capabilities,
  type DeviceLostError,
  type Executable,
  type MemoryReport,
  type Plan,
} from '@gradus/core/backend';
import { Engine } from './runtime/engine.js';
import { compilePlan, compilePlanSync } from './runtime/executable.js';
import { DeviceMemory, maximumByteLength } from './runtime/memory.js';

/** How the WASM backend uses the machine. */
export interface WasmOptions {
  /** How many bytes its memory may grow to; 2 GiB, less a page, if not given. */
  readonly maximumMemory?: number | undefined;
}

/** The backend that writes WebAssembly: every plan becomes a module of SIMD code. */
export class WasmBackend implements Backend {
  readonly name = 'wasm';
  readonly capabilities: Capabilities;
  /** Stays pending: the host's processor is not lost. */
  readonly lost = new Promise<DeviceLostError>(() => undefined);
  readonly #memory: DeviceMemory;
  readonly #engine: Engine;

  /** A backend with an empty memory. */
  constructor({ maximumMemory = maximumByteLength }: WasmOptions = {}) {
    if (!Number.isInteger(maximumMemory) || maximumMemory < 65536) {
      throw new DeviceError(
        `wasm: maximumMemory must be a whole number of bytes, at least 65536, got ${maximumMemory}.`,
      );
    }
    this.#memory = new DeviceMemory(maximumMemory);
    this.#engine = new Engine(this.#memory);
    this.capabilities = {
      kernels: ['map', 'reduce', 'matMul', 'scatterAdd'],
      dtypes: ['float32', 'int32', 'uint32', 'uint8', 'bool'],
      multipleOutputs: true,
      maximumBuffersPerKernel: Infinity,
      maximumBufferByteLength: Math.min(maximumMemory, maximumByteLength) - 65536,
      synchronous: true,
      hostMemory: true,
      threads: { count: 1, reason: 'threads are not built yet' },
      description: 'WebAssembly with 128-bit SIMD, one thread',
    };
  }

  /** New memory, contents undefined. Throws an `OutOfMemoryError` that carries the sizes. */
  allocate(byteLength: number): BufferHandle {
    return this.#memory.allocate(byteLength);
  }

  /** Copies `bytes` to the buffer's start. Throws a `DeviceError` when they do not fit. */
  write(handle: BufferHandle, bytes: Uint8Array): void {
    const { address, byteLength } = this.#memory.resolve(handle, 'write');
    if (bytes.byteLength > byteLength) {
      throw new DeviceError(
        `write: ${bytes.byteLength} bytes do not fit a buffer of ${byteLength}.`,
      );
    }
    this.#memory.bytes.set(bytes, address);
  }

  /** What `readSync` returns. */
  async read(handle: BufferHandle, byteLength: number): Promise<Uint8Array> {
    return this.readSync(handle, byteLength);
  }

  /** A copy of the buffer's first bytes. Throws a `DeviceError` when it has fewer. */
  readSync(handle: BufferHandle, byteLength: number): Uint8Array {
    const buffer = this.#memory.resolve(handle, 'read');
    if (byteLength > buffer.byteLength) {
      throw new DeviceError(
        `read: ${byteLength} bytes were asked of a buffer of ${buffer.byteLength}.`,
      );
    }
    return this.#memory.bytes.slice(buffer.address, buffer.address + byteLength);
  }

  /** Gives the memory back. Throws a `DeviceError` when that has happened before. */
  free(handle: BufferHandle): void {
    this.#memory.free(handle);
  }

  /**
   * Compiles a plan. Rejects with a `DeviceError` for dtypes that `capabilities` does not list, and
   * with an `OutOfMemoryError` when the arena cannot grow to what the plan needs.
   */
  compile(plan: Plan): Promise<Executable> {
    return compilePlan(plan, this.#memory, this.#engine);
  }

  /** The same before returning. */
  compileSync(plan: Plan): Executable {
    return compilePlanSync(plan, this.#memory, this.#engine);
  }

  /** Resolves at once: calls return when they have finished. */
  async synchronize(): Promise<void> {
    this.#memory.assertAlive();
  }

  /** What is allocated. */
  memory(): MemoryReport {
    return this.#memory.report();
  }

  /** Frees everything; later calls throw. */
  dispose(): void {
    this.#memory.dispose();
  }
}
