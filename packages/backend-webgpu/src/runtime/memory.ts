import {
  DeviceError,
  OutOfMemoryError,
  type BufferHandle,
  type MemoryReport,
} from '@gradus/core/backend';
import { BufferPool } from './buffer-pool.js';

/** Whole vectors of four words: shaders may touch what is left of the last one. */
const granularity = 16;

// The numbers behind GPUBufferUsage, which Node does not define.
const copySource = 4;
const copyDestination = 8;
const storage = 128;

/** A buffer of one device, as core knows it. */
export class WebGpuBuffer {
  readonly owner: DeviceMemory;
  readonly byteLength: number;
  /** The memory, until the buffer is freed. */
  memory: GPUBuffer | undefined;

  /** A live buffer of `owner`. */
  constructor(owner: DeviceMemory, byteLength: number, memory: GPUBuffer) {
    this.owner = owner;
    this.byteLength = byteLength;
    this.memory = memory;
  }
}

/** What a device has allocated. */
export class DeviceMemory {
  readonly device: GPUDevice;
  readonly #pool: BufferPool;
  #buffers = 0;
  #bytes = 0;
  #arena: GPUBuffer | undefined;
  #arenaBytes = 0;
  #peak = 0;
  #end: Error | undefined;
  #failure: Error | undefined;

  /** Memory of `device`, none yet. */
  constructor(device: GPUDevice) {
    this.device = device;
    this.#pool = new BufferPool(device, storage | copySource | copyDestination, (error, size) => {
      this.#failure ??= this.#outOfMemory(`${size} bytes (${error.message})`);
    });
  }

  /** The memory that temporaries of all plans share; another one after it has grown. */
  get arena(): GPUBuffer | undefined {
    return this.#arena;
  }

  /** Whether nothing is left of it. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** New memory. Throws an `OutOfMemoryError` that carries the sizes. */
  allocate(byteLength: number): WebGpuBuffer {
    this.assertAlive();
    if (!Number.isInteger(byteLength) || byteLength < 0) {
      throw new DeviceError(`A buffer needs a whole number of bytes ≥ 0, got ${byteLength}.`);
    }
    const buffer = new WebGpuBuffer(this, byteLength, this.#pool.take(this.#checked(byteLength)));
    this.#buffers++;
    this.#bytes += byteLength;
    this.#notePeak();
    return buffer;
  }

  /** Gives memory back. Throws a `DeviceError` unless it is of this device and live. */
  free(handle: BufferHandle): void {
    const buffer = this.#buffer(handle, 'free');
    this.#pool.give(buffer.memory!);
    buffer.memory = undefined;
    this.#buffers--;
    this.#bytes -= buffer.byteLength;
  }

  /** The live memory behind a handle, and how much of it was asked for. */
  resolve(handle: BufferHandle, operation: string): { memory: GPUBuffer; byteLength: number } {
    const { memory, byteLength } = this.#buffer(handle, operation);
    return { memory: memory!, byteLength };
  }

  /** Makes the arena at least that large. It never shrinks: plans come back. */
  reserveArena(byteLength: number): void {
    this.assertAlive();
    if (byteLength <= this.#arenaBytes) return;
    const size = this.#checked(byteLength);
    this.#arena?.destroy();
    this.#arena = this.#pool.create(size);
    this.#arenaBytes = size;
    this.#notePeak();
  }

  /** The counts, to the byte; what freed buffers leave behind for the next ones is not counted. */
  report(): MemoryReport {
    return {
      buffers: this.#buffers,
      bytes: this.#bytes,
      arenaBytes: this.#arenaBytes,
      peakBytes: this.#peak,
    };
  }

  /** Throws after `end`, and when the device has run out of memory meanwhile. */
  assertAlive(): void {
    if (this.#end !== undefined) throw this.#end;
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** Lets go of everything; whatever comes later throws `reason`. */
  end(reason: Error): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#pool.clear();
    this.#arena?.destroy();
    this.#arena = undefined;
    this.#buffers = this.#bytes = this.#arenaBytes = 0;
  }

  #buffer(handle: BufferHandle, operation: string): WebGpuBuffer {
    this.assertAlive();
    if (!(handle instanceof WebGpuBuffer) || handle.owner !== this) {
      throw new DeviceError(
        `${operation}: this handle is not of a buffer that this WebGPU backend allocated. ` +
          'Buffers stay with the backend instance that made them.',
      );
    }
    if (handle.memory === undefined) {
      throw new DeviceError(
        `${operation}: this buffer of ${handle.byteLength} bytes has been freed. ` +
          'Free a buffer once, after its last use.',
      );
    }
    return handle;
  }

  /** The size to allocate for so many bytes. */
  #checked(byteLength: number): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.device.limits;
    const size = Math.max(1, Math.ceil(byteLength / granularity)) * granularity;
    if (size > Math.min(maxBufferSize, maxStorageBufferBindingSize)) {
      throw this.#outOfMemory(
        `${byteLength} bytes, which are more than one buffer of this adapter can have ` +
          `(maxBufferSize ${maxBufferSize}, ` +
          `maxStorageBufferBindingSize ${maxStorageBufferBindingSize})`,
      );
    }
    return size;
  }

  #outOfMemory(wanted: string): OutOfMemoryError {
    return new OutOfMemoryError(
      `Could not allocate ${wanted}: ${this.#buffers} live buffers hold ${this.#bytes} bytes and ` +
        `the arena ${this.#arenaBytes}. Use smaller batches, or dispose tensors that are no longer ` +
        'needed.',
    );
  }

  #notePeak(): void {
    this.#peak = Math.max(this.#peak, this.#bytes + this.#arenaBytes);
  }
}
