/** How much memory waits to be used again. */
const maximumPooledBytes = 256 * 2 ** 20;

/**
 * Buffers of one usage, by size. A training step frees what the next one allocates: with the same
 * buffers the groups that bind them are the same too.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #usage: number;
  readonly #failed: (error: GPUError, size: number) => void;
  readonly #waiting = new Map<number, GPUBuffer[]>();
  #bytes = 0;

  /**
   * An empty pool.
   *
   * @param failed Told, some time later, of a buffer that there was no memory for.
   */
  constructor(
    device: GPUDevice,
    usage: number,
    failed: (error: GPUError, size: number) => void = () => undefined,
  ) {
    this.#device = device;
    this.#usage = usage;
    this.#failed = failed;
  }

  /** A buffer of exactly that size, contents undefined. */
  take(size: number): GPUBuffer {
    const buffer = this.#waiting.get(size)?.pop();
    if (buffer === undefined) return this.create(size);
    this.#bytes -= size;
    return buffer;
  }

  /** A buffer that nobody has had before. */
  create(size: number): GPUBuffer {
    const device = this.#device;
    device.pushErrorScope('out-of-memory');
    const buffer = device.createBuffer({ size, usage: this.#usage });
    device.popErrorScope().then(
      (error) => {
        if (error !== null) this.#failed(error, size);
      },
      () => undefined,
    );
    return buffer;
  }

  /** Takes a buffer back, whose memory may be in use by work already submitted. */
  give(buffer: GPUBuffer): void {
    const { size } = buffer;
    if (this.#bytes + size > maximumPooledBytes) this.clear();
    if (size > maximumPooledBytes) {
      buffer.destroy();
      return;
    }
    const waiting = this.#waiting.get(size);
    if (waiting === undefined) this.#waiting.set(size, [buffer]);
    else waiting.push(buffer);
    this.#bytes += size;
  }

  /** Lets go of all that wait. */
  clear(): void {
    for (const buffers of this.#waiting.values()) for (const buffer of buffers) buffer.destroy();
    this.#waiting.clear();
    this.#bytes = 0;
  }
}
