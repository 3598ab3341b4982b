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
import { WebGpuExecutable, type Workplace } from './runtime/executable.js';
import { findAdapter, type AdapterOptions } from './runtime/find-adapter.js';
import { DeviceMemory } from './runtime/memory.js';
import { Pipelines } from './runtime/pipelines.js';
import { Readback } from './runtime/readback.js';
import { Submissions } from './runtime/submissions.js';

/** How a WebGPU device is got. */
export interface WebGpuOptions extends AdapterOptions {
  /** A device to share with other code, which remains the owner: `dispose` leaves it alone. */
  readonly device?: GPUDevice | undefined;
}

/** The backend that writes WGSL: every plan becomes one command buffer. */
export class WebGpuBackend implements Backend {
  readonly name = 'webgpu';
  readonly capabilities: Capabilities;
  readonly lost: Promise<DeviceLostError>;
  readonly #workplace: Workplace;
  readonly #readback: Readback;
  readonly #shared: boolean;

  private constructor(device: GPUDevice, shared: boolean, info: GPUAdapterInfo | undefined) {
    this.#shared = shared;
    const memory = new DeviceMemory(device);
    this.#workplace = {
      device,
      memory,
      pipelines: new Pipelines(device),
      submissions: new Submissions(device),
    };
    this.#readback = new Readback(device);
    this.lost = device.lost.then(({ reason, message }) => {
      // To have been disposed is no loss.
      if (memory.ended) return new Promise<never>(() => undefined);
      const error = new DeviceLostError(
        `The WebGPU device was lost (${reason}${message === '' ? '' : `: ${message}`}). ` +
          'Make a new one with await webgpu(), and restore what you had saved.',
      );
      memory.end(error);
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
      description: describe(info ?? device.adapterInfo),
    };
  }

  /** A backend with an empty memory. Rejects with a `DeviceError` where there is no adapter. */
  static async create(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
    if (options.device !== undefined) return new WebGpuBackend(options.device, true, undefined);
    const adapter = await findAdapter(options);
    const device = await adapter.requestDevice({
      label: 'Gradus',
      requiredLimits: wantedLimits(adapter.limits),
      requiredFeatures: wantedFeatures.filter((each) => adapter.features.has(each)),
    });
    return new WebGpuBackend(device, false, adapter.info);
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
    device.queue.writeBuffer(buffer.memory, 0, wholeWords(bytes));
  }

  /** A copy of the buffer's first bytes. Rejects with a `DeviceError` when it has fewer. */
  async read(handle: BufferHandle, byteLength: number): Promise<Uint8Array> {
    const { memory } = this.#workplace;
    const buffer = memory.resolve(handle, 'read');
    if (byteLength > buffer.byteLength) {
      throw new DeviceError(
        `read: ${byteLength} bytes were asked of a buffer of ${buffer.byteLength}.`,
      );
    }
    const bytes = await this.#readback.read(buffer.memory, byteLength);
    memory.assertAlive();
    return bytes;
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

  /** Frees everything; later calls throw, and so does what is under way. */
  dispose(): void {
    const { device, memory } = this.#workplace;
    memory.end(
      new DeviceError('This WebGPU backend has been disposed. Make a new one with await webgpu().'),
    );
    this.#readback.clear();
    if (!this.#shared) device.destroy();
  }
}

const wantedFeatures = ['shader-f16', 'subgroups', 'timestamp-query'] as const;

/** As much as the adapter has of what large tensors and fused kernels run into. */
function wantedLimits(limits: GPUSupportedLimits): Record<string, number> {
  const names = [
    'maxBufferSize',
    'maxStorageBufferBindingSize',
    'maxStorageBuffersPerShaderStage',
    'maxComputeWorkgroupStorageSize',
    'maxComputeInvocationsPerWorkgroup',
    'maxComputeWorkgroupSizeX',
  ] as const;
  return Object.fromEntries(names.map((name) => [name, limits[name]]));
}

function describe({ vendor, architecture, device, description }: GPUAdapterInfo): string {
  const name = [description, device, `${vendor} ${architecture}`].find(
    (each) => each.trim() !== '',
  );
  const software = /swiftshader|llvmpipe|software|basic render/i.test(
    `${vendor} ${architecture} ${device} ${description}`,
  );
  return `WebGPU on ${name?.trim() ?? 'an adapter without a name'}${software ? ', a software adapter' : ''}`;
}

/** `writeBuffer` takes whole words. */
function wholeWords(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.byteLength % 4 === 0) return bytes as Uint8Array<ArrayBuffer>;
  const padded = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
  padded.set(bytes);
  return padded;
}
