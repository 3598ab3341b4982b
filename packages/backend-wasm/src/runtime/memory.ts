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

/** Where something is. */
export interface Place {
  readonly address: number;
  readonly byteLength: number;
}

/** A buffer of one backend. */
export class WasmBuffer {
  readonly owner: DeviceMemory;
  readonly byteLength: number;
  /** Where it is; undefined once it is freed. */
  place: Place | undefined;

  /** A live buffer. */
  constructor(owner: DeviceMemory, place: Place) {
    this.owner = owner;
    this.place = place;
    this.byteLength = place.byteLength;
  }
}

const noArena: Place = { address: reserved, byteLength: 0 };

/** The one linear memory of a device: buffers, the arena of intermediates, and what kernels need. */
export class DeviceMemory {
  readonly linear: LinearMemory;
  #ceiling: number;
  readonly #free = new FreeList(reserved);
  /** What is taken, and is there: the engine may refuse memory later than it was asked for. */
  readonly #taken = new Set<Place>();
  #arena = noArena;
  #buffers = 0;
  #bytes = 0;
  #peak = 0;
  #failure: GradusError | undefined;

  /** Nothing yet, in a memory of one page. */
  constructor(linear: LinearMemory) {
    this.linear = linear;
    this.#ceiling = linear.limits.maximum * pageByteLength;
    this.#free.grow(pageByteLength - reserved - slack);
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
    const buffer = new WasmBuffer(this, this.reserve(byteLength, 'a buffer'));
    this.#buffers++;
    this.#bytes += byteLength;
    this.#notePeak();
    return buffer;
  }

  /** Ends a buffer; its place is to be released when nothing uses it any more. */
  retire(handle: BufferHandle): Place {
    const place = this.#placeOf(handle, 'free');
    (handle as WasmBuffer).place = undefined;
    this.#buffers--;
    this.#bytes -= place.byteLength;
    return place;
  }

  /** Where the live buffer behind a handle is. */
  resolve(handle: BufferHandle, operation: string): Place {
    const place = this.#placeOf(handle, operation);
    this.assertHeld(place, operation);
    return place;
  }

  /** A place that is not a buffer: of a plan's parameters, or of what kernels work in. */
  reserve(byteLength: number, purpose: string): Place {
    this.assertAlive();
    const size = roundUp(byteLength);
    const address = this.#free.take(size) ?? this.#takeAfterGrowing(size, purpose);
    const place = { address, byteLength };
    this.#taken.add(place);
    return place;
  }

  /** `place` if it is still there, else a new one of that purpose. */
  keep(place: Place | undefined, byteLength: number, purpose: string): Place {
    return place !== undefined && this.#taken.has(place)
      ? place
      : this.reserve(byteLength, purpose);
  }

  /** Throws an `OutOfMemoryError` if the engine turned out to refuse the memory of a place. */
  assertHeld(place: Place, operation: string): void {
    if (this.#taken.has(place)) return;
    throw new OutOfMemoryError(
      `${operation}: the engine refused the memory of ${place.byteLength} bytes here, when ` +
        'something was to be put there. Use smaller batches, or dispose tensors that are no ' +
        'longer needed.',
    );
  }

  /** Gives a place back, if it is there. */
  release(place: Place): void {
    if (this.#taken.delete(place)) this.#free.release(place.address, roundUp(place.byteLength));
  }

  /**
   * Makes the arena at least that large. It never shrinks: plans come back. Where there is no room,
   * throws an `OutOfMemoryError`, and the arena is as large as before.
   */
  reserveArena(byteLength: number): void {
    const former = this.#arena;
    if (byteLength <= former.byteLength) return;
    // Its place may be part of the new one.
    this.release(former);
    try {
      this.#arena = this.#newArena(byteLength);
    } catch (error) {
      this.#arena = former.byteLength > 0 ? this.#newArena(former.byteLength) : noArena;
      throw error;
    }
    this.#notePeak();
  }

  /**
   * The engine refuses memory up to `end`: lets go of all that lies behind what there is, which is
   * `byteLength` bytes. Returns the error of whoever wanted it.
   */
  refuse(end: number, byteLength: number): OutOfMemoryError {
    const error = this.#outOfMemory(`memory up to byte ${end}, which the engine refuses`);
    const pages = Math.ceil((end + slack) / pageByteLength);
    this.#ceiling = Math.min(this.#ceiling, (pages - 1) * pageByteLength);
    this.#free.truncate(byteLength - slack);
    for (const place of this.#taken) {
      if (place.address + place.byteLength > this.#free.end) this.release(place);
    }
    if (!this.#taken.has(this.#arena)) this.#arena = noArena;
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
    this.#taken.clear();
    this.#arena = noArena;
  }

  #newArena(byteLength: number): Place {
    return this.reserve(byteLength, 'the arena of intermediates');
  }

  #takeAfterGrowing(byteLength: number, purpose: string): number {
    const missing = byteLength - this.#free.freeAtEnd;
    const pages = Math.ceil(missing / pageByteLength);
    const end = this.#free.end + pages * pageByteLength;
    const wanted = `${byteLength} bytes for ${purpose}`;
    if (end > this.#ceiling) throw this.#outOfMemory(wanted);
    try {
      this.linear.grow(pages);
    } catch (cause) {
      throw this.#outOfMemory(wanted, cause);
    }
    this.#free.grow(pages * pageByteLength);
    return this.#free.take(byteLength)!;
  }

  #placeOf(handle: BufferHandle, operation: string): Place {
    this.assertAlive();
    if (!(handle instanceof WasmBuffer) || handle.owner !== this) {
      throw new DeviceError(
        `${operation}: this handle is not of a buffer that this WASM backend allocated. ` +
          'Buffers stay with the backend instance that made them.',
      );
    }
    if (handle.place === undefined) {
      throw new DeviceError(
        `${operation}: this buffer of ${handle.byteLength} bytes has been freed. ` +
          'Free a buffer once, after its last use.',
      );
    }
    return handle.place;
  }

  #outOfMemory(wanted: string, cause?: unknown): OutOfMemoryError {
    return new OutOfMemoryError(
      `Could not allocate ${wanted}: the memory has ${this.#free.end} ` +
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

/** Whole cache lines, and at least one: every place has an address of its own. */
function roundUp(byteLength: number): number {
  return Math.max(1, Math.ceil(byteLength / alignment)) * alignment;
}
