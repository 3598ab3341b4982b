import { bytesPerElement, type DataType } from '@gradus/core/backend';

/** A part of the scratch memory, which the stages of one kernel share. */
export interface ScratchPlace {
  /** From the start of the scratch memory. */
  readonly byteOffset: number;
  readonly byteLength: number;
  /** Of what is kept there; never one of 8 bits. */
  readonly dtype: DataType;
}

/** Offsets of storage-buffer bindings are multiples of this on every device. */
const alignment = 256;

/** Memory for what one stage of a kernel leaves to the next. Kernels use it one after another. */
export class Scratch {
  #used = 0;
  #byteLength = 0;

  /** How many bytes the kernels so far need at most. */
  get byteLength(): number {
    return this.#byteLength;
  }

  /** A place for `length` elements, until `release`. */
  reserve(dtype: DataType, length: number): ScratchPlace {
    const byteLength = length * bytesPerElement(dtype);
    const place = { byteOffset: this.#used, byteLength, dtype };
    this.#used += Math.ceil(byteLength / alignment) * alignment;
    this.#byteLength = Math.max(this.#byteLength, this.#used);
    return place;
  }

  /** Lets the next kernel have all of it. */
  release(): void {
    this.#used = 0;
  }
}
