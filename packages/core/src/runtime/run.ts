import type { Backend, BufferHandle, Executable } from '../backend/backend.js';
import { viewAsTypedArray } from '../dtype.js';
import type { CachedPlan } from '../plan/planned.js';
import type { Device } from './device.js';
import type { TensorStorage } from './storage.js';
import { doInTurns } from './turns.js';

/** A plan with everything it needs to run. */
export interface Run {
  readonly device: Device;
  readonly planned: CachedPlan;
  /** In the order of the plan's inputs. */
  readonly inputs: readonly TensorStorage[];
  /** In the order of the plan's outputs. */
  readonly outputs: readonly RunOutput[];
  readonly scalars: Float64Array;
}

/** Where a result goes: a variable's value stays on the device, a tensor's may come to the host. */
export interface RunOutput {
  readonly storage: TensorStorage;
  readonly keepOnDevice: boolean;
}

/** What a run does between the promises it waits for. */
export type Steps<Result> = Generator<Promise<unknown>, Result, unknown>;

/** Compiles if need be, binds memory, runs, and delivers the results. */
export function* performRun(run: Run): Steps<void> {
  const { device, planned, outputs } = run;
  const { backend } = device;
  const temporaries: BufferHandle[] = [];
  const results: BufferHandle[] = [];
  try {
    const executable = yield* executableOf(device, planned);
    const inputs = run.inputs.map((storage) => device.bufferFor(storage, temporaries));
    for (const { storage } of outputs) results.push(backend.allocate(storage.byteLength));
    if (executable.runSync !== undefined && device.capabilities.synchronous) {
      executable.runSync(inputs, results, run.scalars);
    } else {
      yield executable.run(inputs, results, run.scalars);
    }
    for (const { storage, keepOnDevice } of outputs) {
      const buffer = results.shift()!;
      if (storage.disposed) backend.free(buffer);
      else if (keepOnDevice || !device.capabilities.hostMemory) device.adopt(storage, buffer);
      else yield* bringToHost(device, storage, buffer);
    }
  } finally {
    for (const buffer of [...results, ...temporaries]) backend.free(buffer);
  }
}

/** The executable of a plan, planned and compiled if need be. */
export function* executableOf(device: Device, planned: CachedPlan): Steps<Executable> {
  if (planned.executable !== undefined) return planned.executable;
  const { backend } = device;
  if (backend.compileSync !== undefined && device.capabilities.synchronous) {
    planned.executable = backend.compileSync(planned.plan);
  } else yield prepare(backend, planned);
  return planned.executable!;
}

async function prepare(backend: Backend, planned: CachedPlan): Promise<void> {
  planned.executable = await backend.compile(await doInTurns(planned.pieces()));
}

function* bringToHost(device: Device, storage: TensorStorage, buffer: BufferHandle): Steps<void> {
  try {
    yield* readInto(device, buffer, storage.byteLength, (bytes) => {
      storage.host = viewAsTypedArray(storage.dtype, bytes);
    });
    storage.device = undefined;
  } finally {
    device.backend.free(buffer);
  }
}

/** Reads a buffer, at once where the device can. */
export function* readInto(
  device: Device,
  buffer: BufferHandle,
  byteLength: number,
  deliver: (bytes: Uint8Array) => void,
): Steps<void> {
  const { backend } = device;
  if (backend.readSync !== undefined && device.capabilities.synchronous) {
    deliver(backend.readSync(buffer, byteLength));
  } else {
    yield backend.read(buffer, byteLength).then(deliver);
  }
}

/**
 * Moves values that a new version supersedes but somebody may still read: to the host where that
 * is a plain copy, so that memory on the device stays flat; elsewhere the collector frees them.
 */
export function* retire(device: Device, storage: TensorStorage): Steps<void> {
  const { buffer } = storage;
  if (buffer === undefined || !device.capabilities.hostMemory || storage.disposed) return;
  yield* readInto(device, buffer, storage.byteLength, (bytes) => {
    storage.host = viewAsTypedArray(storage.dtype, bytes);
  });
  device.release(storage);
  storage.device = undefined;
}
