/** A stretch of memory. */
interface Area {
  offset: number;
  byteLength: number;
}

/** Where the free places of a growing memory are: first fit, neighbours joined when freed. */
export class FreeList {
  /** By offset; no two touch. */
  readonly #free: Area[] = [];
  #end: number;

  /** A memory of no bytes that begins at `start`. */
  constructor(start: number) {
    this.#end = start;
  }

  /** Where the memory ends. */
  get end(): number {
    return this.#end;
  }

  /** Adds `byteLength` bytes behind the end. */
  grow(byteLength: number): void {
    const offset = this.#end;
    this.#end += byteLength;
    this.release(offset, byteLength);
  }

  /** Gives up what lies behind `end`, free or taken. */
  truncate(end: number): void {
    if (end >= this.#end) return;
    this.#end = end;
    const behind = this.#free.findIndex((area) => area.offset + area.byteLength > end);
    if (behind < 0) return;
    const [cut] = this.#free.splice(behind);
    if (cut!.offset < end) this.#free.push({ offset: cut!.offset, byteLength: end - cut!.offset });
  }

  /** The free bytes that touch the end. */
  get freeAtEnd(): number {
    const last = this.#free.at(-1);
    return last !== undefined && last.offset + last.byteLength === this.#end ? last.byteLength : 0;
  }

  /** Takes `byteLength` bytes (more than 0): where they are, or undefined if there is no such place. */
  take(byteLength: number): number | undefined {
    const position = this.#free.findIndex((area) => area.byteLength >= byteLength);
    const area = this.#free[position];
    if (area === undefined) return undefined;
    const { offset } = area;
    area.offset += byteLength;
    area.byteLength -= byteLength;
    if (area.byteLength === 0) this.#free.splice(position, 1);
    return offset;
  }

  /** Gives back what was taken, as far as it is still there. */
  release(offset: number, taken: number): void {
    const byteLength = Math.min(taken, this.#end - offset);
    if (byteLength <= 0) return;
    const position = this.#free.findIndex((area) => area.offset > offset);
    const at = position < 0 ? this.#free.length : position;
    const [before, after] = [this.#free[at - 1], this.#free[at]];
    const joinsBefore = before !== undefined && before.offset + before.byteLength === offset;
    const joinsAfter = after?.offset === offset + byteLength;
    if (joinsBefore) {
      before.byteLength += byteLength;
      if (joinsAfter) {
        before.byteLength += after.byteLength;
        this.#free.splice(at, 1);
      }
    } else if (joinsAfter) {
      after.offset = offset;
      after.byteLength += byteLength;
    } else this.#free.splice(at, 0, { offset, byteLength });
  }
}
