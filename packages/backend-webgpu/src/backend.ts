import {
  DeviceError,
  DeviceLostError,
  type Backend,
  type BufferHandle,
  type Capabilities,
  type Executable,
  type MemoryReport,
  type Plan,
} from '@gradus/core/backend';
import { usualTileCosts } from './codegen/product/tile.js';
import { WebGpuExecutable, type Workplace } from './runtime/executable.js';
import { describeAdapter, type AdapterDescription } from './runtime/adapter-description.js';
import { findDevice, type DeviceChoice } from './runtime/find-device.js';
import { DeviceMemory } from './runtime/memory.js';
import { Pipelines } from './runtime/pipelines.js';
import { Readback } from './runtime/readback.js';
import { selfTest } from './runtime/self-test.js';
import { Submissions } from './runtime/submissions.js';
import { watch } from './runtime/watch.js';

/** How a WebGPU device is got. */
export interface WebGpuOptions extends DeviceChoice {
  /**
   * Whether the time of each kernel is measured, by the feature `timestamp-query`; false if not
   * given. Where an adapter lacks it, kernels have no times, and `capabilities.description` says so.
   */
  readonly profile?: boolean | undefined;
  /**
   * Whether a small plan is computed at first, of which the results are known, so that a driver that
   * computes wrongly is found out at once; true if not given.
   */
  readonly selfTest?: boolean | undefined;
}

/** What a backend has done so far, all of it counted from its beginning, the self-test included. */
export interface WebGpuStatistics {
  /** Kernels started: a large reduction or a product cut along its depth takes two. */
  readonly dispatches: number;
  /** Command buffers handed over: one for a run, one for reading a buffer. */
  readonly submissions: number;
  /** Sets of buffers made for kernels. They are remembered: steady training makes none. */
  readonly bindGroups: number;
  /** Different shaders compiled. */
  readonly pipelines: number;
}

/** The backend that writes WGSL: every plan becomes one command buffer. */
export class WebGpuBackend implements Backend {
  readonly name = 'webgpu';
  readonly capabilities: Capabilities;
  readonly lost: Promise<DeviceLostError>;
  /** What it computes on. */
  readonly adapter: AdapterDescription;
  readonly #workplace: Workplace;
  readonly #shared: boolean;

  private constructor(device: GPUDevice, { device: shared, profile = false }: WebGpuOptions) {
    this.#shared = shared !== undefined;
    this.adapter = describeAdapter(device);
    const memory = new DeviceMemory(device);
    const submissions = new Submissions(device);
    const canMeasure = device.features.has('timestamp-query');
    this.#workplace = {
      device,
      memory,
      pipelines: new Pipelines(device),
      submissions,
      readback: new Readback(submissions),
      counts: { dispatches: 0, bindGroups: 0 },
      profile: profile && canMeasure,
      target: {
        maximumBuffers: device.limits.maxStorageBuffersPerShaderStage,
        workgroupMemory: device.limits.maxComputeWorkgroupStorageSize,
        workgroupInvocations: device.limits.maxComputeInvocationsPerWorkgroup,
        waitsAreCheap: !this.adapter.software,
        tileCosts: usualTileCosts,
      },
    };
    this.lost = device.lost.then(({ reason, message }) => {
      // To have been disposed is no loss.
      if (memory.ended) return new Promise<never>(() => undefined);
      const error = new DeviceLostError(
        `The WebGPU device was lost (${reason}${message === '' ? '' : `: ${message}`}). ` +
          'Make a new one with await webgpu(), and restore what you had saved.',
      );
      this.#end(error);
      return error;
    });
    const { limits, features } = device;
    this.capabilities = {
      kernels: [
        ...(['map', 'reduce', 'row', 'matMul'] as const),
        ...(['conv2d', 'pool2d', 'unpool2d', 'scatterAdd'] as const),
      ],
      dtypes: [
        ...(['float32', 'int32', 'uint32', 'uint8', 'bool'] as const),
        ...(features.has('shader-f16') ? (['float16'] as const) : []),
      ],
      multipleOutputs: true,
      maximumBuffersPerKernel: limits.maxStorageBuffersPerShaderStage,
      maximumBufferByteLength: Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize),
      synchronous: false,
      hostMemory: false,
      threads: { count: 1, reason: 'kernels run on the adapter, not on threads of this process' },
      description:
        `WebGPU on ${this.adapter.name}${this.adapter.software ? ', a software adapter' : ''}` +
        (profile && !canMeasure ? ', which has no timestamp-query to measure kernels by' : ''),
    };
  }

  /**
   * A backend with an empty memory. Rejects with a `DeviceError` where there is no adapter, for
   * options that are not what they should be, and when the self-test fails.
   */
  static async create(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
    const backend = new WebGpuBackend(await findDevice(options), options);
    if (options.selfTest === false) return backend;
    try {
      await selfTest(backend);
    } catch (error) {
      backend.dispose();
      throw error;
    }
    return backend;
  }

  /** New memory, contents undefined. Throws an `OutOfMemoryError` that carries the sizes. */
  allocate(byteLength: number): BufferHandle {
    return this.#workplace.memory.allocate(byteLength);
  }

  /** Copies `bytes` to the buffer's start. Throws a `DeviceError` when they do not fit. */
  write(handle: BufferHandle, bytes: Uint8Array): void {
    const { device, memory } = this.#workplace;
    const buffer = memory.resolve(handle, 'write');
    if (bytes.byteLength > buffer.byteLength) {
      throw new DeviceError(
        `write: ${bytes.byteLength} bytes do not fit a buffer of ${buffer.byteLength}.`,
      );
    }
    const words = wholeWords(bytes);
    void watch(device, ['validation'], () => {
      device.queue.writeBuffer(buffer.memory, 0, words);
    }).then((error) => {
      if (error === undefined) return;
      buffer.failure ??= new DeviceError(
        `WebGPU did not write ${bytes.byteLength} bytes: ${error.message}`,
        { cause: error },
      );
    });
  }

  /**
   * A copy of the buffer's first bytes. Rejects with a `DeviceError` when it has fewer, and with what
   * went wrong when they were written.
   */
  async read(handle: BufferHandle, byteLength: number): Promise<Uint8Array> {
    const { memory, readback, submissions } = this.#workplace;
    const buffer = memory.resolve(handle, 'read');
    if (byteLength > buffer.byteLength) {
      throw new DeviceError(
        `read: ${byteLength} bytes were asked of a buffer of ${buffer.byteLength}.`,
      );
    }
    const source = buffer.memory;
    // Why there is nothing to read is better told by what went wrong before.
    const told = async (): Promise<void> => {
      await submissions.answered();
      await memory.settle([source]);
      if (buffer.failure !== undefined) throw buffer.failure;
    };
    try {
      const bytes = await readback.read(source, byteLength);
      await told();
      return bytes;
    } catch (error) {
      await told();
      throw error;
    }
  }

  /** Gives the memory back. Throws a `DeviceError` when that has happened before. */
  free(handle: BufferHandle): void {
    this.#workplace.memory.free(handle);
  }

  /**
   * Compiles a plan. Rejects with a `DeviceError` for dtypes that `capabilities` does not list, and
   * with an `OutOfMemoryError` when the arena cannot grow to what the plan needs.
   */
  async compile(plan: Plan): Promise<Executable> {
    this.#workplace.memory.assertAlive();
    const dtypes = [...plan.buffers.map(({ dtype }) => dtype), ...plan.scalars];
    const missing = dtypes.find((dtype) => !this.capabilities.dtypes.includes(dtype));
    if (missing !== undefined) {
      throw new DeviceError(
        `This WebGPU device does not compute in ${missing}: see capabilities.dtypes, ` +
          'and cast to float32.',
      );
    }
    return WebGpuExecutable.create(plan, this.#workplace);
  }

  /** Resolves when everything started so far has finished. */
  async synchronize(): Promise<void> {
    const { memory, submissions } = this.#workplace;
    memory.assertAlive();
    await submissions.finished();
    memory.assertAlive();
  }

  /** What is allocated. */
  memory(): MemoryReport {
    return this.#workplace.memory.report();
  }

  /** What has been done so far, for tests and the curious. */
  statistics(): WebGpuStatistics {
    const { counts, submissions, pipelines } = this.#workplace;
    return { ...counts, submissions: submissions.count, pipelines: pipelines.count };
  }

  /** Frees everything; later calls throw, and what is under way rejects. */
  dispose(): void {
    this.#end(
      new DeviceError('This WebGPU backend has been disposed. Make a new one with await webgpu().'),
    );
    if (!this.#shared) this.#workplace.device.destroy();
  }

  #end(reason: Error): void {
    this.#workplace.memory.end(reason);
    this.#workplace.readback.clear();
  }
}

/** `writeBuffer` takes whole words. */
function wholeWords(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength % 4 === 0) return bytes as Uint8Array<ArrayBuffer>;
  const padded = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
  padded.set(bytes);
  return padded;
}
