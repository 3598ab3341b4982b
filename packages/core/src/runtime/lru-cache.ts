/** A map of bounded size that forgets what was used least recently. */
export class LruCache<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #capacity: number;
  readonly #evicted: (value: Value) => void;

  constructor(capacity: number, evicted: (value: Value) => void) {
    this.#capacity = capacity;
    this.#evicted = evicted;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      // Insertion order is age: a used entry becomes the youngest.
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

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
