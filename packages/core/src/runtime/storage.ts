import type { BufferHandle } from '../backend/backend.js';
import { bytesPerElement, type DataType, type TypedArray } from '../dtype.js';
import { DisposedError } from '../errors.js';
import type { Device } from './device.js';

/**
 * The values of a realised tensor or variable: on the host, in a buffer of one device, or on
 * their way.
 */
export class TensorStorage {
  readonly dtype: DataType;
  /** In elements. */
  readonly length: number;
  /** Values in ordinary memory. Nobody writes them once set. */
  host: TypedArray | undefined;
  /** The device whose memory holds the values, or whose run will deliver them. */
  device: Device | undefined;
  /** The memory on that device. */
  buffer: BufferHandle | undefined;
  /** Keeps the collector aware of memory it cannot see, where the device needs that. */
  ballast: ArrayBuffer | undefined;
  /** Why the values are unknown, when the run that should have written them failed. */
  failure: Error | undefined;
  /** Devices that keep a copy of host values for the next run. */
  #copies: Set<Device> | undefined;
  #disposed = false;

  constructor(dtype: DataType, length: number) {
    this.dtype = dtype;
    this.length = length;
  }

  /** Values the user gave. */
  static fromHost(dtype: DataType, values: TypedArray): TensorStorage {
    const storage = new TensorStorage(dtype, values.length);
    storage.host = values;
    return storage;
  }

  /** The size of the values in bytes. */
  get byteLength(): number {
    return this.length * bytesPerElement(this.dtype);
  }

  /** Whether `dispose()` was called. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** Throws unless there are values and they may still be used. */
  assertUsable(): void {
    if (this.failure !== undefined) throw this.failure;
    if (this.#disposed) {
      throw new DisposedError('This tensor was disposed; its values are gone.');
    }
  }

  /** Notes that `device` keeps a copy, which goes when the values do. */
  copiedTo(device: Device): void {
    this.#copies ??= new Set();
    this.#copies.add(device);
  }

  /** Lets go of the values now, on the host and on the device. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.device?.release(this);
    this.#copies?.forEach((device) => device.release(this));
    this.host = undefined;
  }
}
