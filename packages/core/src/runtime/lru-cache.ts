/** A map of bounded size that forgets what was used least recently. */
export class LruCache<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #capacity: number;
  readonly #evicted: (value: Value) => void;

  constructor(capacity: number, evicted: (value: Value) => void) {
    this.#capacity = capacity;
    this.#evicted = evicted;
  }

  /** How many entries there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, which becomes the youngest entry. */
  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      // Insertion order is age: a used entry becomes the youngest.
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  /** Adds an entry; the oldest one goes when there are too many. */
  set(key: string, value: Value): void {
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#capacity) return;
    for (const [oldest, old] of this.#entries) {
      this.#entries.delete(oldest);
      this.#evicted(old);
      return;
    }
  }
}
