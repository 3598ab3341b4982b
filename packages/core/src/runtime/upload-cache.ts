import type { Backend, BufferHandle } from '../backend/backend.js';
import { bytesOf, type TypedArray } from '../dtype.js';
import type { TensorStorage } from './storage.js';

const capacityBytes = 2 ** 28;
const capacityEntries = 256;

interface Upload {
  readonly buffer: BufferHandle;
  readonly byteLength: number;
}

/**
 * Device copies of host values that are used again and again. A batch that is used once is not
 * kept, so that training on fresh data leaves nothing behind; what is kept is bounded.
 */
export class UploadCache {
  readonly #backend: Backend;
  readonly #usedOnce = new WeakSet<TensorStorage>();
  readonly #uploads = new WeakMap<TensorStorage, Upload>();
  /** Oldest first. Holds no storage, so that the collector may take tensors nobody uses. */
  readonly #ages = new Set<Upload>();
  #bytes = 0;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** A device copy of `host`: freed with `temporaries` at the first use, kept later. */
  bufferFor(storage: TensorStorage, host: TypedArray, temporaries: BufferHandle[]): BufferHandle {
    const known = this.#uploads.get(storage);
    if (known !== undefined && this.#ages.delete(known)) {
      this.#ages.add(known);
      return known.buffer;
    }
    const buffer = this.#backend.allocate(storage.byteLength);
    this.#backend.write(buffer, bytesOf(host));
    if (!this.#usedOnce.has(storage) || storage.byteLength > capacityBytes) {
      this.#usedOnce.add(storage);
      temporaries.push(buffer);
      return buffer;
    }
    this.#keep(storage, { buffer, byteLength: storage.byteLength }, temporaries);
    return buffer;
  }

  /** Frees the copy of a disposed storage. */
  forget(storage: TensorStorage): void {
    const upload = this.#uploads.get(storage);
    if (upload !== undefined && this.#drop(upload)) this.#backend.free(upload.buffer);
  }

  /** What is evicted may be in use by the run being prepared, so it is freed after that run. */
  #keep(storage: TensorStorage, upload: Upload, evicted: BufferHandle[]): void {
    this.#uploads.set(storage, upload);
    this.#ages.add(upload);
    this.#bytes += upload.byteLength;
    for (const oldest of this.#ages) {
      if (this.#bytes <= capacityBytes && this.#ages.size <= capacityEntries) return;
      if (oldest === upload) return;
      this.#drop(oldest);
      evicted.push(oldest.buffer);
    }
  }

  #drop(upload: Upload): boolean {
    if (!this.#ages.delete(upload)) return false;
    this.#bytes -= upload.byteLength;
    return true;
  }
}
