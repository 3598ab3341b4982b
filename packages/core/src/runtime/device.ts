import type { Backend, BufferHandle, Capabilities, MemoryReport } from '../backend/backend.js';
import { bytesOf } from '../dtype.js';
import { DeviceError } from '../errors.js';
import type { CachedPlan } from '../plan/planned.js';
import { LruCache } from './lru-cache.js';
import { RunQueue, type Job } from './queue.js';
import type { TensorStorage } from './storage.js';
import { UploadCache } from './upload-cache.js';
import type { VariableVersion, VersionedVariable } from './variable-version.js';

const planCacheEntries = 256;

/**
 * A backend in use: its queue of runs, its cache of compiled plans and the variables that live on
 * it. Backend packages hand these out (`cpu()`, `await wasm()`); users pass them to
 * `setDefaultDevice`, `compile` and `to`.
 */
export class Device {
  readonly backend: Backend;
  /** Variables whose newest assignment has not been computed. For the engine. */
  readonly unflushed = new Set<VersionedVariable>();
  /** Superseded versions whose memory the next run lets go of. For the engine. */
  readonly superseded = new Set<VariableVersion>();
  /** Plans by structure. For the engine. */
  readonly plans: LruCache<CachedPlan>;
  readonly #queue = new RunQueue();
  readonly #uploads: UploadCache;
  readonly #finalizers: FinalizationRegistry<BufferHandle>;
  #disposed = false;

  constructor(backend: Backend) {
    this.backend = backend;
    this.plans = new LruCache(planCacheEntries, (planned) => this.#retire(planned));
    this.#uploads = new UploadCache(backend);
    this.#finalizers = new FinalizationRegistry((buffer) => {
      if (this.failure === undefined) backend.free(buffer);
    });
    void backend.lost.then((error) => this.#queue.fail(error));
  }

  /** The backend's name, for people. */
  get name(): string {
    return this.backend.name;
  }

  /** Why nothing runs here any more, once the device is lost or disposed. */
  get failure(): Error | undefined {
    return this.#queue.failure;
  }

  /** What the backend can do. */
  get capabilities(): Capabilities {
    return this.backend.capabilities;
  }

  /** Live buffers and bytes on this device. */
  memory(): MemoryReport {
    return this.backend.memory();
  }

  /** Resolves when everything asked for so far has run. */
  async synchronize(): Promise<void> {
    await this.enqueueAction(() => undefined);
    await this.backend.synchronize();
  }

  /** Frees everything the device holds; tensors and variables on it are gone. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#queue.fail(new DeviceError(`The device ${this.name} was disposed.`));
    this.backend.dispose();
  }

  /** Runs `job` behind everything enqueued before. For the engine. */
  enqueue(job: Job): Promise<void> {
    return this.#queue.push(job);
  }

  /** Does something that waits for nothing, behind everything enqueued before. For the engine. */
  enqueueAction(action: () => void): Promise<void> {
    return this.#queue.push(() => {
      action();
      return undefined;
    });
  }

  /** Runs everything enqueued before returning. Throws `DeviceError` where the device cannot. */
  drain(): void {
    if (!this.capabilities.synchronous) {
      throw new DeviceError(
        `dataSync: the device ${this.name} cannot be read synchronously; await data() instead.`,
      );
    }
    if (this.failure !== undefined) throw this.failure;
    this.#queue.drain();
  }

  /**
   * The device's memory for `storage` during a run. Host values are uploaded: once for now (to be
   * freed through `temporaries`), and kept from the second use on.
   */
  bufferFor(storage: TensorStorage, temporaries: BufferHandle[]): BufferHandle {
    storage.assertUsable();
    if (storage.device !== undefined && storage.device !== this) {
      throw mixedDevices(this, storage.device);
    }
    if (storage.buffer !== undefined) return storage.buffer;
    if (storage.host === undefined) throw new TypeError('A run reads values that nothing wrote.');
    storage.copiedTo(this);
    return this.#uploads.bufferFor(storage, storage.host, temporaries);
  }

  /** Makes `buffer` the memory of `storage`, freed with it. */
  adopt(storage: TensorStorage, buffer: BufferHandle): void {
    storage.device = this;
    storage.buffer = buffer;
    this.#finalizers.register(storage, buffer, storage);
    if (!this.capabilities.hostMemory) storage.ballast = new ArrayBuffer(storage.byteLength);
  }

  /** Uploads host values to memory of the storage's own. */
  upload(storage: TensorStorage): void {
    if (storage.host === undefined) throw new DeviceError('Only host values can be uploaded.');
    const buffer = this.backend.allocate(storage.byteLength);
    this.backend.write(buffer, bytesOf(storage.host));
    this.adopt(storage, buffer);
    storage.host = undefined;
  }

  /** Frees the device memory of `storage`, if any, without waiting for the collector. */
  release(storage: TensorStorage): void {
    if (this.failure !== undefined) return;
    this.#uploads.forget(storage);
    if (storage.buffer === undefined) return;
    this.#finalizers.unregister(storage);
    this.backend.free(storage.buffer);
    storage.buffer = undefined;
    storage.ballast = undefined;
  }

  /** Behind the runs that still use the plan, of which the first may be yet to compile it. */
  #retire(planned: CachedPlan): void {
    this.enqueueAction(() => planned.executable?.dispose()).catch(() => undefined);
  }
}

/** The error of a computation that touches two devices. */
export function mixedDevices(one: Device, other: Device | undefined): DeviceError {
  return new DeviceError(
    `This computation mixes tensors on ${one.name} and ${other?.name ?? 'another device'}; ` +
      `move one with await t.to(device).`,
  );
}

let defaultDevice: Device | undefined;

/** The device that computations use unless their tensors live on another. */
export function setDefaultDevice(device: Device): void {
  defaultDevice = device;
}

/** The device set by `setDefaultDevice`. Throws a `DeviceError` that says what to do if none was. */
export function getDefaultDevice(): Device {
  if (defaultDevice === undefined) {
    throw new DeviceError(
      `No device to compute on. Choose one first: import { cpu } from '@gradus/backend-cpu'; setDefaultDevice(cpu());`,
    );
  }
  return defaultDevice;
}

/** The default device, if there is one. */
export function peekDefaultDevice(): Device | undefined {
  return defaultDevice;
}
