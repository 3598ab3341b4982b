import {
  Device,
  DeviceError,
  lowerKernel,
  type Backend,
  type BufferHandle,
  type Capabilities,
  type DeviceLostError,
  type Executable,
  type Kernel,
  type MemoryReport,
  type Plan,
  type TypedArray,
  bytesPerElement,
  viewAsTypedArray,
} from '@gradus/core/backend';
import { kernelRunner } from './kernels.js';

interface InterpreterBuffer {
  bytes: Uint8Array;
}

/** A complete backend: memory as byte arrays, kernels interpreted one point after another. */
export class Interpreter implements Backend {
  readonly name = 'interpreter';
  readonly capabilities: Capabilities = {
    kernels: ['map', 'reduce', 'scatterAdd'],
    lower: lowerKernel,
    dtypes: ['float32', 'int32', 'uint32', 'uint8', 'bool'],
    multipleOutputs: false,
    maximumBuffersPerKernel: 8,
    maximumBufferByteLength: 2 ** 30,
    synchronous: false,
    hostMemory: true,
    threads: { count: 1, reason: 'an interpreter has one' },
  };
  readonly lost = new Promise<DeviceLostError>(() => undefined);
  readonly #buffers = new Set<BufferHandle>();
  #arena = new Uint8Array(0);
  #bytes = 0;
  #peak = 0;
  #disposed = false;

  allocate(byteLength: number): BufferHandle {
    this.#assertAlive();
    const buffer: InterpreterBuffer = { bytes: new Uint8Array(byteLength) };
    this.#buffers.add(buffer);
    this.#account(byteLength);
    return buffer;
  }

  write(buffer: BufferHandle, bytes: Uint8Array): void {
    this.#bytesOf(buffer).set(bytes);
  }

  async read(buffer: BufferHandle, byteLength: number): Promise<Uint8Array> {
    return this.#bytesOf(buffer).slice(0, byteLength);
  }

  free(buffer: BufferHandle): void {
    this.#account(-this.#bytesOf(buffer).byteLength);
    this.#buffers.delete(buffer);
  }

  async compile(plan: Plan): Promise<Executable> {
    this.#assertAlive();
    if (plan.arenaByteLength > this.#arena.byteLength) {
      this.#arena = new Uint8Array(plan.arenaByteLength);
      this.#account(0);
    }
    const runners = plan.kernels.map((kernel: Kernel) => kernelRunner(kernel));
    return {
      run: async (inputs, outputs, scalars) => {
        const memory = this.#bind(plan, inputs, outputs);
        for (const run of runners) run(memory, scalars);
      },
      dispose: () => undefined,
    };
  }

  async synchronize(): Promise<void> {
    this.#assertAlive();
  }

  memory(): MemoryReport {
    const [buffers, arenaBytes] = [this.#buffers.size, this.#arena.byteLength];
    return { buffers, bytes: this.#bytes, arenaBytes, peakBytes: this.#peak };
  }

  dispose(): void {
    this.#disposed = true;
    this.#buffers.clear();
    this.#bytes = 0;
  }

  /** The memory of every buffer of a plan, as numbers. */
  #bind(
    plan: Plan,
    inputs: readonly BufferHandle[],
    outputs: readonly BufferHandle[],
  ): TypedArray[] {
    return plan.buffers.map((buffer) => {
      const byteLength = buffer.length * bytesPerElement(buffer.dtype);
      const place =
        buffer.role === 'temporary'
          ? this.#arena.subarray(buffer.byteOffset)
          : this.#bytesOf((buffer.role === 'input' ? inputs : outputs)[buffer.position]!);
      return viewAsTypedArray(buffer.dtype, place.subarray(0, byteLength));
    });
  }

  #bytesOf(buffer: BufferHandle): Uint8Array {
    this.#assertAlive();
    if (!this.#buffers.has(buffer)) throw new DeviceError('This buffer is not mine, or freed.');
    return (buffer as InterpreterBuffer).bytes;
  }

  #account(byteLength: number): void {
    this.#bytes += byteLength;
    this.#peak = Math.max(this.#peak, this.#bytes + this.#arena.byteLength);
  }

  #assertAlive(): void {
    if (this.#disposed) throw new DeviceError('This interpreter was disposed.');
  }
}

/** The device that users are given. */
export function interpreter(): Device {
  return new Device(new Interpreter());
}
