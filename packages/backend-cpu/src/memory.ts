import {
  DeviceError,
  OutOfMemoryError,
  bytesPerElement,
  viewAsTypedArray,
  type BufferHandle,
  type DataType,
  type MemoryReport,
} from '@gradus/core/backend';
import type { NumberArray } from './program/program.js';

/** The largest buffer: programs count elements in int32. */
export const maximumBufferByteLength = 2 ** 31 - 1;

/** A buffer of one backend. */
export class CpuBuffer {
  readonly owner: Memory;
  readonly byteLength: number;
  /** The content, until the buffer is freed. */
  bytes: Uint8Array | undefined;
  readonly #views = new Map<DataType, NumberArray>();

  /** A live buffer of `owner` around `bytes`. */
  constructor(owner: Memory, bytes: Uint8Array) {
    this.owner = owner;
    this.byteLength = bytes.byteLength;
    this.bytes = bytes;
  }

  /** The whole content as numbers, the same array each time. */
  view(dtype: DataType): NumberArray {
    let view = this.#views.get(dtype);
    if (view === undefined) {
      const length = Math.floor(this.byteLength / bytesPerElement(dtype));
      view = viewNumbers(this.bytes!, dtype, 0, length);
      this.#views.set(dtype, view);
    }
    return view;
  }

  /** Lets go of the content, so that a handle somebody keeps does not keep the memory. */
  release(): void {
    this.bytes = undefined;
    this.#views.clear();
  }
}

/** What a backend has allocated. */
export class Memory {
  #buffers = 0;
  #bytes = 0;
  #arena: Uint8Array = new Uint8Array(0);
  #peak = 0;
  #disposed = false;

  /** The memory that temporaries of all plans share; another array after it has grown. */
  get arena(): Uint8Array {
    return this.#arena;
  }

  /** A new buffer of zeros. Throws an `OutOfMemoryError` that carries the sizes. */
  allocate(byteLength: number): CpuBuffer {
    this.assertAlive();
    const buffer = new CpuBuffer(this, this.#newBytes(byteLength, 'a buffer'));
    this.#buffers++;
    this.#bytes += byteLength;
    this.#notePeak();
    return buffer;
  }

  /** Lets go of a buffer. Throws a `DeviceError` unless it is one of this memory and live. */
  free(handle: BufferHandle): void {
    const buffer = this.resolve(handle, 'free');
    buffer.release();
    this.#buffers--;
    this.#bytes -= buffer.byteLength;
  }

  /** Makes the arena at least that large. It never shrinks: plans come back. */
  reserveArena(byteLength: number): void {
    this.assertAlive();
    if (byteLength <= this.#arena.byteLength) return;
    this.#arena = this.#newBytes(byteLength, 'the arena of intermediates');
    this.#notePeak();
  }

  /** The live buffer behind a handle. */
  resolve(handle: BufferHandle, operation: string): CpuBuffer & { readonly bytes: Uint8Array } {
    this.assertAlive();
    if (!(handle instanceof CpuBuffer) || handle.owner !== this) {
      throw new DeviceError(
        `${operation}: this handle is not of a buffer that this CPU backend allocated. ` +
          'Buffers stay with the backend instance that made them.',
      );
    }
    if (!hasBytes(handle)) {
      throw new DeviceError(
        `${operation}: this buffer of ${handle.byteLength} bytes has been freed. ` +
          'Free a buffer once, after its last use.',
      );
    }
    return handle;
  }

  /** The counts, to the byte. */
  report(): MemoryReport {
    return {
      buffers: this.#buffers,
      bytes: this.#bytes,
      arenaBytes: this.#arena.byteLength,
      peakBytes: this.#peak,
    };
  }

  /** Throws a `DeviceError` after `dispose`. */
  assertAlive(): void {
    if (this.#disposed) {
      throw new DeviceError('This CPU backend has been disposed. Make a new one with cpu().');
    }
  }

  /** Lets go of everything. */
  dispose(): void {
    this.#disposed = true;
    this.#buffers = 0;
    this.#bytes = 0;
    this.#arena = new Uint8Array(0);
  }

  #newBytes(byteLength: number, purpose: string): Uint8Array {
    if (!Number.isInteger(byteLength) || byteLength < 0) {
      throw new DeviceError(`A buffer needs a whole number of bytes ≥ 0, got ${byteLength}.`);
    }
    if (byteLength > maximumBufferByteLength) {
      throw new OutOfMemoryError(
        `${byteLength} bytes for ${purpose} are more than the ${maximumBufferByteLength} that ` +
          'one buffer of the CPU backend can have. Use smaller batches or split the tensor.',
      );
    }
    try {
      return new Uint8Array(byteLength);
    } catch (cause) {
      throw new OutOfMemoryError(
        `Could not allocate ${byteLength} bytes for ${purpose}; ${this.#buffers} live buffers ` +
          `hold ${this.#bytes} bytes and the arena ${this.#arena.byteLength}. ` +
          'Use smaller batches, or dispose tensors that are no longer needed.',
        { cause },
      );
    }
  }

  #notePeak(): void {
    this.#peak = Math.max(this.#peak, this.#bytes + this.#arena.byteLength);
  }
}

function hasBytes(buffer: CpuBuffer): buffer is CpuBuffer & { readonly bytes: Uint8Array } {
  return buffer.bytes !== undefined;
}

/** `length` numbers of `bytes`, from `byteOffset` on. */
export function viewNumbers(
  bytes: Uint8Array,
  dtype: DataType,
  byteOffset: number,
  length: number,
): NumberArray {
  const end = byteOffset + length * bytesPerElement(dtype);
  return viewAsTypedArray(dtype, bytes.subarray(byteOffset, end));
}
