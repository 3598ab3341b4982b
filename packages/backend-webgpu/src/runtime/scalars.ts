import type { DataType } from '@gradus/core/backend';

// The numbers behind GPUBufferUsage, which Node does not define.
const copyDestination = 8;
const uniform = 64;

/** The run-time scalars of a plan on the device, each in a word of its own. */
export class Scalars {
  readonly buffer: GPUBuffer;
  readonly #device: GPUDevice;
  readonly #dtypes: readonly DataType[];
  #written: Float64Array | undefined;

  /** Room for scalars of those dtypes. */
  constructor(device: GPUDevice, dtypes: readonly DataType[]) {
    this.#device = device;
    this.#dtypes = dtypes;
    this.buffer = device.createBuffer({
      size: scalarsByteLength(dtypes.length),
      usage: uniform | copyDestination,
    });
  }

  /** Brings values to the device, behind everything submitted, unless they are there. */
  write(values: Float64Array): void {
    if (this.#written?.every((value, position) => Object.is(value, values[position]))) return;
    this.#written = values.slice();
    const view = new DataView(new ArrayBuffer(this.buffer.size));
    this.#dtypes.forEach((dtype, position) => {
      const value = values[position]!;
      const offset = position * 4;
      if (dtype === 'float32' || dtype === 'float16') view.setFloat32(offset, value, true);
      else if (dtype === 'bool') view.setUint32(offset, value === 0 ? 0 : 1, true);
      else view.setInt32(offset, dtype === 'uint8' ? value & 255 : value, true);
    });
    this.#device.queue.writeBuffer(this.buffer, 0, view.buffer);
  }

  /** Gives the memory back. */
  dispose(): void {
    this.buffer.destroy();
  }
}

/** How many bytes so many scalars take: whole vectors of four words. */
export function scalarsByteLength(count: number): number {
  return Math.ceil(count / 4) * 16;
}
