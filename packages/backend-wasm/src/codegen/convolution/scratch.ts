/** Hands out places in the memory that a thread has for itself. */
export class Scratch {
  readonly #byteLength: number;
  #next = 0;

  /** Room for so many bytes. */
  constructor(byteLength: number) {
    this.#byteLength = byteLength;
  }

  /** The offset of a place for so many elements of four bytes, and a whole vector more. */
  take(elements: number): number {
    const offset = this.#next;
    this.#next = Math.ceil((offset + 4 * elements + 16) / 64) * 64;
    if (this.#next > this.#byteLength) {
      throw new RangeError(`${this.#next} bytes do not fit in a thread's ${this.#byteLength}.`);
    }
    return offset;
  }
}
