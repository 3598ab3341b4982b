import {
  DeviceError,
  OutOfMemoryError,
  type BufferHandle,
  type GradusError,
  type MemoryReport,
} from '@gradus/core/backend';
import { FreeList } from './free-list.js';
import { pageByteLength, slack, type LinearMemory } from './linear-memory.js';

/** Vectors and cache lines begin at multiples of this. */
const alignment = 64;
/** The first bytes are where threads meet (`meetingPoint`), and no buffer is at address 0. */
const reserved = 1024;

/** A buffer of one backend. */
export class WasmBuffer {
  readonly owner: DeviceMemory;
  readonly byteLength: number;
  /** Where it begins; undefined once it is freed. */
  address: number | undefined;

  /** A live buffer. */
  constructor(owner: DeviceMemory, address: number, byteLength: number) {
    this.owner = owner;
    this.address = address;
    this.byteLength = byteLength;
  }
}

/** Where something is. */
export interface Place {
  readonly address: number;
  readonly byteLength: number;
}

/** The one linear memory of a device: buffers, the arena of intermediates, and what kernels need. */
export class DeviceMemory {
  readonly linear: LinearMemory;
  #ceiling: number;
  readonly #places = new FreeList(reserved);
  #arena: Place = { address: reserved, byteLength: 0 };
  #buffers = 0;
  #bytes = 0;
  #peak = 0;
  #failure: GradusError | undefined;

  /** Nothing yet, in a memory of one page. */
  constructor(linear: LinearMemory) {
    this.linear = linear;
    this.#ceiling = linear.limits.maximum * pageByteLength;
    this.#places.grow(pageByteLength - reserved - slack);
  }

  /** Where the arena is. */
  get arenaAddress(): number {
    return this.#arena.address;
  }

  /** A new buffer. Throws an `OutOfMemoryError` that carries the sizes. */
  allocate(byteLength: number): WasmBuffer {
    this.assertAlive();
    if (!Number.isInteger(byteLength) || byteLength < 0) {
      throw new DeviceError(`A buffer needs a whole number of bytes ≥ 0, got ${byteLength}.`);
    }
    const buffer = new WasmBuffer(this, this.reserve(byteLength, 'a buffer'), byteLength);
    this.#buffers++;
    this.#bytes += byteLength;
    this.#notePeak();
    return buffer;
  }

  /** Ends a buffer; its place is to be released when nothing uses it any more. */
  retire(handle: BufferHandle): Place {
    const { address, byteLength } = this.resolve(handle, 'free');
    (handle as WasmBuffer).address = undefined;
    this.#buffers--;
    this.#bytes -= byteLength;
    return { address, byteLength };
  }

  /** The live buffer behind a handle. */
  resolve(handle: BufferHandle, operation: string): WasmBuffer & { readonly address: number } {
    this.assertAlive();
    if (!(handle instanceof WasmBuffer) || handle.owner !== this) {
      throw new DeviceError(
        `${operation}: this handle is not of a buffer that this WASM backend allocated. ` +
          'Buffers stay with the backend instance that made them.',
      );
    }
    if (!isLive(handle)) {
      throw new DeviceError(
        `${operation}: this buffer of ${handle.byteLength} bytes has been freed. ` +
          'Free a buffer once, after its last use.',
      );
    }
    return handle;
  }

  /** A place that is not a buffer: of a plan's parameters, or of what kernels work in. */
  reserve(byteLength: number, purpose: string): number {
    this.assertAlive();
    const size = roundUp(byteLength);
    return this.#places.take(size) ?? this.#takeAfterGrowing(size, purpose);
  }

  /** `place` if it is still there, else a new one of that purpose. */
  keep(place: Place | undefined, byteLength: number, purpose: string): Place {
    if (place !== undefined && this.#reaches(place)) return place;
    return { address: this.reserve(byteLength, purpose), byteLength };
  }

  /** Gives a reserved place back. */
  release(address: number, byteLength: number): void {
    if (this.#failure === undefined) this.#places.release(address, roundUp(byteLength));
  }

  /**
   * Makes the arena at least that large. It never shrinks: plans come back. Where there is no room,
   * throws an `OutOfMemoryError`, and the arena is as large as before.
   */
  reserveArena(byteLength: number): void {
    const former = this.#arena;
    if (byteLength <= former.byteLength) return;
    // Its place may be part of the new one.
    if (former.byteLength > 0) this.release(former.address, former.byteLength);
    try {
      this.#arena = this.#newArena(byteLength);
    } catch (error) {
      this.#arena = former.byteLength > 0 ? this.#newArena(former.byteLength) : former;
      throw error;
    }
    this.#notePeak();
  }

  /**
   * Lets go of all that lies behind the first `byteLength` bytes, for the engine refuses more. What
   * was told to be there is not; the error says so.
   */
  refuse(byteLength: number): OutOfMemoryError {
    const error = this.#outOfMemory(`more than ${byteLength} bytes, which the engine refuses`);
    this.#ceiling = byteLength;
    this.#places.truncate(byteLength - slack);
    if (!this.#reaches(this.#arena)) this.#arena = { address: reserved, byteLength: 0 };
    return error;
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

  /** Throws what it was ended with. */
  assertAlive(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Lets go of everything; later uses throw the first `reason` that was given. */
  end(reason: GradusError): void {
    this.#failure ??= reason;
    this.#buffers = 0;
    this.#bytes = 0;
    this.#arena = { address: reserved, byteLength: 0 };
  }

  #newArena(byteLength: number): Place {
    return { address: this.reserve(byteLength, 'the arena of intermediates'), byteLength };
  }

  #takeAfterGrowing(byteLength: number, purpose: string): number {
    const missing = byteLength - this.#places.freeAtEnd;
    const pages = Math.ceil(missing / pageByteLength);
    const end = this.#places.end + pages * pageByteLength;
    const wanted = `${byteLength} bytes for ${purpose}`;
    if (end > this.#ceiling) throw this.#outOfMemory(wanted);
    try {
      this.linear.grow(pages);
    } catch (cause) {
      throw this.#outOfMemory(wanted, cause);
    }
    this.#places.grow(pages * pageByteLength);
    return this.#places.take(byteLength)!;
  }

  #reaches({ address, byteLength }: Place): boolean {
    return address + byteLength <= this.#places.end;
  }

  #outOfMemory(wanted: string, cause?: unknown): OutOfMemoryError {
    return new OutOfMemoryError(
      `Could not allocate ${wanted}: the memory has ${this.#places.end} ` +
        `bytes and may grow to ${this.#ceiling}; ${this.#buffers} live buffers hold ` +
        `${this.#bytes} bytes and the arena ${this.#arena.byteLength}. Use smaller batches, ` +
        'dispose tensors that are no longer needed, or raise maximumMemory.',
      { cause },
    );
  }

  #notePeak(): void {
    this.#peak = Math.max(this.#peak, this.#bytes + this.#arena.byteLength);
  }
}

function isLive(buffer: WasmBuffer): buffer is WasmBuffer & { readonly address: number } {
  return buffer.address !== undefined;
}

/** Whole cache lines, and at least one: every place has an address of its own. */
function roundUp(byteLength: number): number {
  return Math.max(1, Math.ceil(byteLength / alignment)) * alignment;
}
