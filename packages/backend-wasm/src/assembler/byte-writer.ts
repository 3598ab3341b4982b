/** Bytes that grow, with the encodings of the WebAssembly binary format. */
export class ByteWriter {
  readonly #bytes: number[] = [];

  /** How many bytes were written. */
  get length(): number {
    return this.#bytes.length;
  }

  /** Single bytes. */
  bytes(...values: readonly number[]): void {
    this.#bytes.push(...values);
  }

  /** All that another writer holds. */
  append(other: ByteWriter): void {
    for (const byte of other.#bytes) this.#bytes.push(byte);
  }

  /** A number from 0 to 2³² − 1 as LEB128. */
  unsigned(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes.push((rest % 0x80) | 0x80);
    this.#bytes.push(rest);
  }

  /** A 64-bit integer (a number only if it is exact) as signed LEB128. */
  signed(value: bigint | number): void {
    let rest = BigInt.asIntN(64, BigInt(value));
    for (; rest < -0x40n || rest >= 0x40n; rest >>= 7n) {
      this.#bytes.push(Number(rest & 0x7fn) | 0x80);
    }
    this.#bytes.push(Number(rest & 0x7fn));
  }

  /** An IEEE 754 number, little-endian. */
  float(value: number, byteLength: 4 | 8): void {
    const view = new DataView(new ArrayBuffer(byteLength));
    if (byteLength === 4) view.setFloat32(0, value, true);
    else view.setFloat64(0, value, true);
    this.bytes(...new Uint8Array(view.buffer));
  }

  /** A text in UTF-8, after its length. */
  name(text: string): void {
    const encoded = new TextEncoder().encode(text);
    this.unsigned(encoded.length);
    this.bytes(...encoded);
  }

  /** What `write` writes, after its length. */
  sized(write: (content: ByteWriter) => void): void {
    const content = new ByteWriter();
    write(content);
    this.unsigned(content.length);
    this.append(content);
  }

  /** `items` after their number. */
  vector<Item>(items: readonly Item[], write: (item: Item) => void): void {
    this.unsigned(items.length);
    items.forEach(write);
  }

  /** A copy of all bytes. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes);
  }
}
