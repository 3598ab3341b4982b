import { DeviceError } from '@gradus/core/backend';
import { BufferPool } from './buffer-pool.js';
import type { Submissions } from './submissions.js';
import { watch } from './watch.js';

// The numbers behind GPUBufferUsage and GPUMapMode, which Node does not define.
const mapRead = 1;
const copyDestination = 8;
const read = 1;

/** Copies of a device's memory for the host, through buffers that are used again and again. */
export class Readback {
  readonly #submissions: Submissions;
  readonly #pool: BufferPool;

  /** One without buffers. */
  constructor(submissions: Submissions) {
    this.#submissions = submissions;
    this.#pool = new BufferPool(submissions.device, mapRead | copyDestination);
  }

  /**
   * A copy of the first `byteLength` bytes of `source`, behind everything submitted so far. Rejects
   * when the device ends meanwhile, and when WebGPU refuses.
   */
  async read(source: GPUBuffer, byteLength: number): Promise<Uint8Array> {
    if (byteLength === 0) return new Uint8Array(0);
    const size = Math.ceil(byteLength / 4) * 4;
    const staging = this.#pool.take(stagingSize(byteLength));
    const submissions = this.#submissions;
    let mapped!: Promise<undefined>;
    const errors = watch(submissions.device, ['validation'], () => {
      submissions.submit((encoder) => encoder.copyBufferToBuffer(source, 0, staging, 0, size));
      mapped = staging.mapAsync(read, 0, size);
    });
    const [refused, unmapped] = await Promise.all([
      errors,
      mapped.then(
        () => undefined,
        (error: unknown) => error as Error,
      ),
    ]);
    const cause = refused ?? unmapped;
    if (cause !== undefined) {
      throw new DeviceError(`WebGPU did not deliver ${byteLength} bytes: ${cause.message.trim()}`, {
        cause,
      });
    }
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
