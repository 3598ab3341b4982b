import { BufferPool } from './buffer-pool.js';

// The numbers behind GPUBufferUsage and GPUMapMode, which Node does not define.
const mapRead = 1;
const copyDestination = 8;
const read = 1;

/** Copies of a device's memory for the host, through buffers that are used again and again. */
export class Readback {
  readonly #device: GPUDevice;
  readonly #pool: BufferPool;

  constructor(device: GPUDevice) {
    this.#device = device;
    this.#pool = new BufferPool(device, mapRead | copyDestination);
  }

  /** A copy of the first `byteLength` bytes of `source`, behind everything submitted so far. */
  async read(source: GPUBuffer, byteLength: number): Promise<Uint8Array> {
    if (byteLength === 0) return new Uint8Array(0);
    const device = this.#device;
    const staging = this.#pool.take(stagingSize(byteLength));
    const size = Math.ceil(byteLength / 4) * 4;
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(read, 0, size);
    const bytes = new Uint8Array(staging.getMappedRange(0, size)).slice(0, byteLength);
    staging.unmap();
    this.#pool.give(staging);
    return bytes;
  }

  /** Lets go of the buffers. */
  clear(): void {
    this.#pool.clear();
  }
}

/** A power of two, so that results of different sizes share buffers. */
function stagingSize(byteLength: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(byteLength, 256)));
}
