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
  /** Why its contents are not what they should be, if so. */
  failure: Error | undefined;

  /** A live buffer of `owner`. */
  constructor(owner: DeviceMemory, byteLength: number, memory: GPUBuffer) {
    this.owner = owner;
    this.byteLength = byteLength;
    this.memory = memory;
  }
}

/** A buffer that is known to be live. */
export type LiveBuffer = WebGpuBuffer & { readonly memory: GPUBuffer };

/** What a device has allocated. */
export class DeviceMemory {
  readonly device: GPUDevice;
  readonly #pool: BufferPool;
  readonly #live = new Set<WebGpuBuffer>();
  #bytes = 0;
  #arena: GPUBuffer | undefined;
  #arenaBytes = 0;
  #peak = 0;
  #end: Error | undefined;

  /** Memory of `device`, none yet. */
  constructor(device: GPUDevice) {
    this.device = device;
    this.#pool = new BufferPool(device, storage | copySource | copyDestination);
  }

  /** Whether nothing is left of it. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Whether there are buffers of which it is not known yet whether there was memory for them. */
  get inDoubt(): boolean {
    return this.#pool.inDoubt;
  }

  /** New memory. Throws an `OutOfMemoryError` that carries the sizes. */
  allocate(byteLength: number): WebGpuBuffer {
    this.assertAlive();
    if (!Number.isInteger(byteLength) || byteLength < 0) {
      throw new DeviceError(`A buffer needs a whole number of bytes ≥ 0, got ${byteLength}.`);
    }
    const size = this.#checked(byteLength, 'maxStorageBufferBindingSize');
    const buffer = new WebGpuBuffer(this, byteLength, this.#pool.take(size));
    this.#live.add(buffer);
    this.#bytes += byteLength;
    this.#notePeak();
    return buffer;
  }

  /** Gives memory back. Throws a `DeviceError` unless it is of this device and live. */
  free(handle: BufferHandle): void {
    const buffer = this.#liveBuffer(handle, 'free');
    this.#pool.give(buffer.memory);
    (buffer as WebGpuBuffer).memory = undefined;
    this.#live.delete(buffer);
    this.#bytes -= buffer.byteLength;
  }

  /**
   * The live buffer behind a handle. Throws a `DeviceError` if it is none of this device, and what
   * went wrong with its contents.
   */
  resolve(handle: BufferHandle, operation: string): LiveBuffer {
    const buffer = this.#liveBuffer(handle, operation);
    this.#assertThere(buffer.memory);
    if (buffer.failure !== undefined) throw buffer.failure;
    return buffer;
  }

  /** The memory that temporaries of all plans share, at least that large. It never shrinks. */
  arena(byteLength: number): GPUBuffer {
    this.assertAlive();
    const refused = this.#arena !== undefined && this.#pool.errorOf(this.#arena) !== undefined;
    if (this.#arena === undefined || refused || byteLength > this.#arenaBytes) {
      const size = this.#checked(byteLength, 'maxBufferSize');
      this.#arena?.destroy();
      this.#arena = this.#pool.create(size);
      this.#arenaBytes = size;
      this.#notePeak();
    }
    return this.#arena;
  }

  /** Waits until it is known whether there is memory behind `buffers`; throws where there is none. */
  async settle(buffers: Iterable<GPUBuffer>): Promise<void> {
    await this.#pool.settled();
    this.assertAlive();
    for (const buffer of buffers) this.#assertThere(buffer);
  }

  /** The counts, to the byte; what freed buffers leave behind for the next ones is not counted. */
  report(): MemoryReport {
    return {
      buffers: this.#live.size,
      bytes: this.#bytes,
      arenaBytes: this.#arenaBytes,
      peakBytes: this.#peak,
    };
  }

  /** Throws after `end`. */
  assertAlive(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  /** Lets go of everything; whatever comes later throws `reason`. */
  end(reason: Error): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#pool.clear();
    for (const { memory } of this.#live) memory?.destroy();
    this.#live.clear();
    this.#arena?.destroy();
    this.#arena = undefined;
    this.#bytes = this.#arenaBytes = 0;
  }

  #liveBuffer(handle: BufferHandle, operation: string): LiveBuffer {
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
    return handle as LiveBuffer;
  }

  #assertThere(buffer: GPUBuffer): void {
    const error = this.#pool.errorOf(buffer);
    if (error === undefined) return;
    if (buffer === this.#arena) this.#arenaBytes = 0;
    throw this.#outOfMemory(`${buffer.size} bytes (${error.message.split('\n')[0]})`);
  }

  /** The size to allocate for so many bytes. */
  #checked(byteLength: number, limit: 'maxBufferSize' | 'maxStorageBufferBindingSize'): number {
    const { limits } = this.device;
    const size = Math.max(1, Math.ceil(byteLength / granularity)) * granularity;
    if (size > Math.min(limits.maxBufferSize, limits[limit])) {
      throw this.#outOfMemory(
        `${byteLength} bytes, which are more than one buffer of this adapter can have ` +
          `(${limit} ${limits[limit]})`,
      );
    }
    return size;
  }

  #outOfMemory(wanted: string): OutOfMemoryError {
    return new OutOfMemoryError(
      `Could not allocate ${wanted}: ${this.#live.size} live buffers hold ${this.#bytes} bytes ` +
        `and the arena ${this.#arenaBytes}. Use smaller batches, or dispose tensors that are no ` +
        'longer needed.',
    );
  }

  #notePeak(): void {
    this.#peak = Math.max(this.#peak, this.#bytes + this.#arenaBytes);
  }
}
