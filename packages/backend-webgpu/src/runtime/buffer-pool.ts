import { watch } from './watch.js';

/** How much memory waits to be used again, and in how many pieces. */
const maximumBytes = 256 * 2 ** 20;
const maximumBuffers = 4096;

/**
 * Buffers of one usage, by size. A training step frees what the next one allocates: with the same
 * buffers the groups that bind them are the same too.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #usage: number;
  readonly #waiting = new Map<number, GPUBuffer[]>();
  readonly #refused = new WeakMap<GPUBuffer, GPUError>();
  readonly #inDoubt = new Set<Promise<void>>();
  #bytes = 0;
  #buffers = 0;

  /** An empty pool. */
  constructor(device: GPUDevice, usage: number) {
    this.#device = device;
    this.#usage = usage;
  }

  /** A buffer of exactly that size, contents undefined. */
  take(size: number): GPUBuffer {
    const waiting = this.#waiting.get(size);
    for (let buffer = waiting?.pop(); buffer !== undefined; buffer = waiting!.pop()) {
      this.#bytes -= size;
      this.#buffers--;
      if (!this.#refused.has(buffer)) return buffer;
    }
    return this.create(size);
  }

  /** A buffer that nobody has had before. Whether there was memory for it is known later. */
  create(size: number): GPUBuffer {
    let buffer!: GPUBuffer;
    const outcome = watch(this.#device, ['out-of-memory'], () => {
      buffer = this.#device.createBuffer({ size, usage: this.#usage });
    });
    const known = outcome.then((error) => {
      if (error !== undefined) this.#refused.set(buffer, error);
      this.#inDoubt.delete(known);
    });
    this.#inDoubt.add(known);
    return buffer;
  }

  /** Whether there are buffers of which `errorOf` does not know yet. */
  get inDoubt(): boolean {
    return this.#inDoubt.size > 0;
  }

  /** Resolves when `errorOf` knows about all buffers made so far. */
  async settled(): Promise<void> {
    await Promise.all(this.#inDoubt);
  }

  /** Why there is no memory behind a buffer, if so. */
  errorOf(buffer: GPUBuffer): GPUError | undefined {
    return this.#refused.get(buffer);
  }

  /** Takes a buffer back, whose memory may be in use by work already submitted. */
  give(buffer: GPUBuffer): void {
    const { size } = buffer;
    if (size > maximumBytes || this.#refused.has(buffer)) {
      buffer.destroy();
      return;
    }
    if (this.#bytes + size > maximumBytes || this.#buffers === maximumBuffers) this.clear();
    const waiting = this.#waiting.get(size);
    if (waiting === undefined) this.#waiting.set(size, [buffer]);
    else waiting.push(buffer);
    this.#bytes += size;
    this.#buffers++;
  }

  /** Lets go of all that wait. */
  clear(): void {
    for (const buffers of this.#waiting.values()) for (const buffer of buffers) buffer.destroy();
    this.#waiting.clear();
    this.#bytes = this.#buffers = 0;
  }
}
